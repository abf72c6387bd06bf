package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError;
import java.util.Optional;
import java.util.Set;

/// Whether a line may be sent again when nobody knows if it was done.
final class Repeat {

  /// Tools that change nothing, and the one whose calls carry a key.
  private static final Set<String> HARMLESS =
      Set.of(
          "add_memory",
          "search_memory",
          "search_combined",
          "list_memories",
          "get_memory",
          "memory_history");

  private Repeat() {}

  /// The answer in place of doing it again; empty where it can be done again.
  static Optional<String> refusal(String line) {
    JsonNode message;
    try {
      message = Json.parse(line);
    } catch (JsonProcessingException _) {
      return Optional.empty(); // Nothing is done for it in any case.
    }
    if (message instanceof ArrayNode batch) {
      return refusal(batch);
    }
    return isChange(message)
        ? Optional.of(Json.print(Messages.error(message.get("id"), unsure())))
        : Optional.empty();
  }

  /// A batch is one line, so it is repeated as a whole or not at all.
  private static Optional<String> refusal(ArrayNode batch) {
    boolean change = false;
    ArrayNode answers = Json.array();
    for (JsonNode message : batch) {
      change |= isChange(message);
      if (message.has("method") && message.has("id")) {
        answers.add(Messages.error(message.get("id"), unsure()));
      }
    }
    return change ? Optional.of(Json.print(answers)) : Optional.empty();
  }

  private static boolean isChange(JsonNode message) {
    return message.has("id")
        && message.path("method").asText().equals("tools/call")
        && !HARMLESS.contains(message.path("params").path("name").asText());
  }

  private static ProtocolError unsure() {
    return new ProtocolError(
        ProtocolError.Code.INTERNAL_ERROR,
        "The server ended during this call, so it may be done or not. Look with list_memories or"
            + " get_memory, and call it again where it is not");
  }
}
