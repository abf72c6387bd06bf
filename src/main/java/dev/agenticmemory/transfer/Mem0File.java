package dev.agenticmemory.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Memories as mem0 hands them out.
final class Mem0File {

  private Mem0File() {}

  static List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
    List<Kept> all = new ArrayList<>();
    for (JsonNode item : items(file)) {
      try {
        all.add(Reading.kept(foreign(item, scope, now)));
      } catch (MemoryException e) {
        throw Reading.at("memory " + (all.size() + 1), e);
      }
    }
    return all;
  }

  /// The items of a list, of an object that has one, or of lines.
  private static Iterable<JsonNode> items(Path file) throws IOException {
    try {
      JsonNode root = Json.parse(Files.readString(file, UTF_8));
      for (String name : new String[] {"results", "memories", "points"}) {
        if (root.path(name).isArray()) {
          return root.path(name);
        }
      }
      return root.isArray() ? root : List.of(root);
    } catch (JsonProcessingException _) {
      return ExportedFile.lines(file);
    }
  }

  private static Reading.Foreign foreign(JsonNode item, Scope scope, Instant now) {
    // A dump of the vector store has the fields in a payload, and the text under another name.
    JsonNode node = item.path("payload").isObject() ? item.path("payload") : item;
    String text = Reading.text(node, "memory", "data", "text");
    if (text == null) {
      throw new InvalidInput("memory", "is missing", "Pass what mem0's get_all returned.");
    }
    Instant created = time(node, "created_at", now);
    String id = item.path("id").asText();
    return new Reading.Foreign(
        "mem0",
        id.isEmpty() ? TextHash.sha256(text) : id,
        new Scope(
            or(Reading.text(node, "user_id"), UserId::new, scope.user()),
            or(Reading.text(node, "agent_id"), AgentId::new, scope.agent()),
            or(Reading.text(node, "run_id"), RunId::new, scope.run())),
        text,
        category(node),
        node.get("metadata") instanceof ObjectNode metadata
            ? MetadataJson.read(metadata)
            : Metadata.EMPTY,
        "assistant".equals(Reading.text(node, "role")) ? Author.ASSISTANT : Author.USER,
        created,
        time(node, "updated_at", created));
  }

  private static @Nullable String category(JsonNode node) {
    JsonNode first = node.path("categories").path(0);
    return first.isTextual() ? first.asText() : Reading.text(node, "category");
  }

  private static Instant time(JsonNode node, String name, Instant otherwise) {
    String text = Reading.text(node, name);
    if (text == null) {
      return otherwise;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException _) {
      throw new InvalidInput(name, "is no time: \"" + text + "\"", "Write it as ISO-8601.");
    }
  }

  private static <T extends @Nullable Object> T or(
      @Nullable String text, Function<String, ? extends T> parse, T otherwise) {
    return text == null ? otherwise : parse.apply(text);
  }
}
