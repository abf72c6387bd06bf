package dev.agenticmemory.eval;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.engine.Input;
import dev.agenticmemory.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The table of small conversations and the facts that are to be made of them, which the tests play
/// with a scripted model and [Extraction] with a real one.
public final class Conversations {

  private static final String RESOURCE = "/eval/conversations.jsonl";

  private Conversations() {}

  /// One row as it stands in the table, with what the scripted model says.
  public static List<JsonNode> rows() {
    List<JsonNode> rows = new ArrayList<>();
    try (InputStream in =
            Objects.requireNonNull(Conversations.class.getResourceAsStream(RESOURCE));
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(Json.parseOwn(line));
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is said in a row.
  public static Input messages(JsonNode row) {
    List<Input.Message> messages = new ArrayList<>();
    for (JsonNode one : row.path("messages")) {
      Author role = Author.valueOf(one.path("role").asText().toUpperCase(Locale.ROOT));
      messages.add(new Input.Message(role, one.path("content").asText(), null));
    }
    return new Input.Messages(messages);
  }
}
