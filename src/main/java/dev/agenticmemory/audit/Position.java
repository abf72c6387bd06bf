package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.Optional;

/// Up to where the log is shipped.
///
/// @param offset in the file of that day, in bytes, at the beginning of a line
record Position(LocalDate day, long offset) {

  private static final String FILE = "shipped.json";

  static Optional<Position> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonNode node = Json.parse(Files.readString(file));
    return Optional.of(
        new Position(
            LocalDate.parse(node.required("day").asText()), node.required("offset").asLong()));
  }

  /// Durable when it returns.
  void write(Path folder) throws IOException {
    Path next = folder.resolve(FILE + ".new");
    String text = Json.print(Json.object().put("day", day.toString()).put("offset", offset));
    try (FileChannel out =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      out.force(true);
    }
    Files.move(
        next,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
