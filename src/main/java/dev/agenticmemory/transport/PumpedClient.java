package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A stdio client that comes through a [Pump], as the server sees it.
///
/// The pump numbers each line; the answer, or an empty one, carries the same number, so that the
/// pump knows without reading any JSON what is still to be answered. An add gets an idempotency key
/// made of the pump's id and that number: the pump can send it to another server without it being
/// stored twice.
final class PumpedClient implements AutoCloseable {

  private final String pump;
  private final Conversation conversation;
  private final Consumer<String> out;

  /// The lines that opened the subscriptions of this client, by the ids of these requests.
  private final Map<JsonNode, Long> subscriptions = new ConcurrentHashMap<>();

  /// Whether the line that is taken in was told to a server before.
  private volatile boolean toldAgain;

  /// For one pump.
  ///
  /// @param out takes lines for the pump, from any thread
  PumpedClient(Dispatcher dispatcher, Greeting greeting, Consumer<String> out) {
    this.pump = greeting.pump();
    this.out = out;
    this.conversation = new Conversation(dispatcher, greeting.caller(), this::tell);
  }

  /// Tells the client something unasked.
  private void tell(JsonNode message) {
    boolean known =
        toldAgain
            && message.path("method").asText().equals("notifications/subscriptions/acknowledged");
    if (!known) {
      out.accept(new Numbered(line(message), Numbered.Kind.PLAIN, Json.print(message)).line());
    }
  }

  /// The end of a subscription answers the line that opened it: a pump that goes on at another
  /// server passes it over, as that line was answered before.
  private long line(JsonNode message) {
    return message.has("method") ? 0 : subscriptions.getOrDefault(message.path("id"), 0L);
  }

  /// Takes one line of the pump in.
  void receive(String line) {
    Numbered numbered = Numbered.parse(line);
    if (numbered == null) {
      return; // No pump of ours.
    }
    switch (numbered.kind()) {
      case TOO_LONG ->
          conversation.receive(new Lines.Line.TooLong(), answer -> reply(numbered, null, answer));
      case NOT_UTF8 ->
          conversation.receive(new Lines.Line.NotUtf8(), answer -> reply(numbered, null, answer));
      case PLAIN, KEEP -> receive(numbered);
      case FOLLOW -> receiveAgain(numbered);
      case DROP -> {} // Only servers say that.
    }
  }

  /// What begins a subscription is done on this thread.
  private void receiveAgain(Numbered numbered) {
    toldAgain = true;
    receive(numbered);
    toldAgain = false;
  }

  private void receive(Numbered numbered) {
    JsonNode message = parsed(numbered.text());
    if (message == null) {
      conversation.receive(
          new Lines.Line.Text(numbered.text()), answer -> reply(numbered, null, answer));
      return;
    }
    addKeys(message, pump + "-" + numbered.number());
    conversation.receive(
        message, numbered.text().length(), answer -> reply(numbered, message, answer));
  }

  /// Null where it is no JSON, or nothing: the conversation knows what to say to that.
  private static @Nullable JsonNode parsed(String text) {
    try {
      return text.isBlank() ? null : Json.parse(text);
    } catch (JsonProcessingException _) {
      return null;
    }
  }

  private static void addKeys(JsonNode message, String key) {
    if (message instanceof ArrayNode batch) {
      for (int i = 0; i < batch.size(); i++) {
        addKey(batch.get(i), key + "-" + i);
      }
    } else {
      addKey(message, key);
    }
  }

  private static void addKey(JsonNode message, String key) {
    JsonNode params = message.path("params");
    if (!params.path("name").asText().equals("add_memory")
        || !message.path("method").asText().equals("tools/call")) {
      return;
    }
    if (params.path("arguments") instanceof ObjectNode arguments
        && !arguments.hasNonNull("idempotency_key")) {
      arguments.put("idempotency_key", key);
    }
  }

  private void reply(Numbered asked, @Nullable JsonNode message, @Nullable JsonNode answer) {
    Long ended = message == null ? null : ended(message);
    String text = ended != null ? ended.toString() : answer == null ? "" : Json.print(answer);
    Numbered.Kind kind =
        ended != null ? Numbered.Kind.DROP : kept(message, asked.number(), answer == null);
    out.accept(new Numbered(asked.number(), kind, text).line());
  }

  /// The line that opened the subscription which this message ends; null where it ends none.
  private @Nullable Long ended(JsonNode message) {
    return message.path("method").asText().equals("notifications/cancelled")
        ? subscriptions.remove(message.path("params").path("requestId"))
        : null;
  }

  /// What the next server has to be told too.
  private Numbered.Kind kept(@Nullable JsonNode message, long number, boolean silent) {
    String method = message == null ? "" : message.path("method").asText();
    return switch (method) {
      case "initialize", "notifications/initialized" -> Numbered.Kind.KEEP;
      case "resources/subscribe", "resources/unsubscribe" -> Numbered.Kind.FOLLOW;
      case "subscriptions/listen" -> opened(Objects.requireNonNull(message), number, silent);
      default -> Numbered.Kind.PLAIN;
    };
  }

  /// A subscription that is open is not answered before its end.
  private Numbered.Kind opened(JsonNode message, long number, boolean silent) {
    if (!silent) {
      return Numbered.Kind.PLAIN;
    }
    subscriptions.put(message.path("id"), number);
    return Numbered.Kind.FOLLOW;
  }

  @Override
  public void close() {
    conversation.close();
  }
}
