package dev.agenticmemory.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.json.DossierJson;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file of JSON lines, the ones of [Export] first of all.
final class ExportedFile {

  private ExportedFile() {}

  static List<Kept> read(Path file) throws IOException {
    List<JsonNode> lines = lines(file);
    if (lines.isEmpty() || !lines.getFirst().path("format").asText().equals(Export.FORMAT)) {
      throw new InvalidInput(
          "file",
          "does not begin with the line that `agentic-memory export` writes",
          "Say what it is with --from mem0, server-memory or markdown.");
    }
    int version = lines.getFirst().path("version").asInt();
    if (version > Export.VERSION) {
      throw new InvalidInput(
          "file",
          "is of version %d, known is %d".formatted(version, Export.VERSION),
          "Update agentic-memory.");
    }
    List<Kept> all = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      try {
        all.add(DossierJson.read(lines.get(i)));
      } catch (MemoryException e) {
        throw Reading.at("memory " + i, e);
      }
    }
    return all;
  }

  /// The lines that are not blank. A line that is not JSON is an error that names it.
  static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader in = Files.newBufferedReader(file, UTF_8)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          lines.add(parse(line, number));
        }
      }
    }
    return lines;
  }

  private static JsonNode parse(String line, int number) {
    try {
      return Json.parse(line);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          "file",
          "line %d is not JSON: %s".formatted(number, e.getOriginalMessage()),
          "Pass a file of JSON lines.");
    }
  }
}
