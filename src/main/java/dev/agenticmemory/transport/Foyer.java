package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import java.util.Set;
import java.util.function.Consumer;

/// Where a pump's client is until there is a server: what takes no memories is answered here at
/// once, so that no client waits to learn what it can do.
final class Foyer implements AutoCloseable {

  /// What a client of the older era says when it is ready. One of the newer era is so when it asks
  /// for more than this.
  private static final String READY = "notifications/initialized";

  private static final Set<String> ANSWERED =
      Set.of("initialize", READY, "ping", "server/discover", "tools/list", "prompts/list");

  private final PumpedClient client;
  private final Runnable ready;

  /// @param ready run when the client is ready for more than this
  Foyer(String version, Greeting greeting, Consumer<String> received, Runnable ready) {
    MemoryOffer offer =
        new MemoryOffer(() -> {
          throw new IllegalStateException("Nothing that is answered here takes memories");
        });
    client = new PumpedClient(new Dispatcher(offer, () -> {}, version), greeting, received);
    this.ready = ready;
  }

  /// Answers a line; false where a server has to.
  boolean answers(Numbered line) {
    String method = line.kind() == Numbered.Kind.PLAIN ? method(line.text()) : "";
    if (!ANSWERED.contains(method)) {
      return false;
    }
    client.receive(line.line());
    if (method.equals(READY)) {
      ready.run();
    }
    return true;
  }

  private static String method(String text) {
    try {
      return Json.parse(text).path("method").asText();
    } catch (JsonProcessingException _) {
      return "";
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
