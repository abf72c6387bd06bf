package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
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

  /// For one pump.
  ///
  /// @param out takes lines for the pump, from any thread
  PumpedClient(Dispatcher dispatcher, Greeting greeting, Consumer<String> out) {
    this.pump = greeting.pump();
    this.out = out;
    this.conversation =
        new Conversation(
            dispatcher,
            greeting.caller(),
            message ->
                out.accept(new Numbered(0, Numbered.Kind.PLAIN, Json.print(message)).line()));
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
      case PLAIN, KEEP, FOLLOW -> receive(numbered);
    }
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
    String text = answer == null ? "" : Json.print(answer);
    out.accept(new Numbered(asked.number(), kept(message), text).line());
  }

  /// What the next server has to be told too.
  private static Numbered.Kind kept(@Nullable JsonNode message) {
    String method = message == null ? "" : message.path("method").asText();
    return switch (method) {
      case "initialize", "notifications/initialized" -> Numbered.Kind.KEEP;
      case "resources/subscribe", "resources/unsubscribe", "subscriptions/listen" ->
          Numbered.Kind.FOLLOW;
      default -> Numbered.Kind.PLAIN;
    };
  }

  @Override
  public void close() {
    conversation.close();
  }
}
