package dev.agenticmemory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.json.DossierJson.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The knowledge graph of the reference memory server: each observation of an entity and each
/// relation becomes a memory that can be understood alone.
final class ServerMemoryFile {

  private ServerMemoryFile() {}

  static List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
    // The file has no times; its own is the same at each import, so ids are too.
    Instant created = Files.getLastModifiedTime(file).toInstant();
    if (created.isAfter(now)) {
      created = now;
    }
    List<Kept> all = new ArrayList<>();
    Instant time = created;
    BiConsumer<String, Map<String, @Nullable Object>> add =
        (text, metadata) ->
            all.add(
                Reading.kept(
                    new Reading.Foreign(
                        "server-memory",
                        text,
                        scope,
                        text,
                        null,
                        new Metadata(metadata),
                        Author.ASSISTANT,
                        time,
                        time)));
    int line = 0;
    for (JsonNode node : ExportedFile.lines(file)) {
      line++;
      try {
        read(node, add);
      } catch (MemoryException e) {
        throw Reading.at("line " + line, e);
      }
    }
    return all;
  }

  private static void read(JsonNode node, BiConsumer<String, Map<String, @Nullable Object>> add) {
    switch (node.path("type").asText()) {
      case "entity" -> {
        String name = required(node, "name");
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("entity", name);
        metadata.put("entity_type", node.path("entityType").asText());
        node.path("observations").forEach(one -> add.accept(name + ": " + one.asText(), metadata));
      }
      case "relation" -> {
        String from = required(node, "from");
        String to = required(node, "to");
        String relation = required(node, "relationType").replace('_', ' ');
        add.accept(
            "%s %s %s".formatted(from, relation, to),
            Map.of("entity", from, "relation", relation, "related_entity", to));
      }
      default ->
          throw new InvalidInput(
              "type",
              "is \"%s\", known are entity and relation".formatted(node.path("type").asText()),
              "Pass the file that MEMORY_FILE_PATH of that server names.");
    }
  }

  private static String required(JsonNode node, String name) {
    String text = Reading.text(node, name);
    if (text == null) {
      throw new InvalidInput(name, "is missing", "Pass the file as that server wrote it.");
    }
    return text;
  }
}
