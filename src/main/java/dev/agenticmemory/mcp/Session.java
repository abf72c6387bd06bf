package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One client's connection, in whichever era it speaks. Safe for concurrent use.
public final class Session {

  /// Most resources that one client follows.
  static final int SUBSCRIPTIONS_MAX = 1_000;

  private enum State {
    RUNNING,
    CANCELLED
  }

  private final Caller caller;
  private final Consumer<JsonNode> sink;
  private final Map<JsonNode, State> inFlight = new ConcurrentHashMap<>();
  private final Set<String> subscriptions = ConcurrentHashMap.newKeySet();
  private final Map<JsonNode, Set<String>> listeners = new ConcurrentHashMap<>();
  private volatile @Nullable String version;

  /// For a client that has just connected.
  ///
  /// @param sink takes messages to the client; may be called by any thread
  public Session(Caller caller, Consumer<JsonNode> sink) {
    this.caller = caller;
    this.sink = sink;
  }

  public Caller caller() {
    return caller;
  }

  /// The version of the older era that was agreed on; null before `initialize`.
  public @Nullable String version() {
    return version;
  }

  void agree(String newVersion) {
    version = newVersion;
  }

  /// Notes that a request is being answered. False where one of the same id is already.
  public boolean begin(JsonNode id) {
    return inFlight.putIfAbsent(id, State.RUNNING) == null;
  }

  /// Notes that the answer is there. False where it is not wanted any more.
  public boolean end(JsonNode id) {
    return inFlight.remove(id) != State.CANCELLED;
  }

  /// The client has lost interest: no answer is to be sent. Unknown ids are ignored, as the answer
  /// may be on its way.
  void cancel(JsonNode id) {
    inFlight.replace(id, State.CANCELLED);
    listeners.remove(id);
  }

  Set<String> subscriptions() {
    return subscriptions;
  }

  /// The resources that each open `subscriptions/listen` follows, by its id.
  Map<JsonNode, Set<String>> listeners() {
    return listeners;
  }

  /// The resources that are followed, in both eras together.
  List<String> followed() {
    return Stream.concat(
            subscriptions.stream(), listeners.values().stream().flatMap(Collection::stream))
        .toList();
  }

  /// Sends a message that belongs to no request.
  public void send(JsonNode message) {
    sink.accept(message);
  }
}
