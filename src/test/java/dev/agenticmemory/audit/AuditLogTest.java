package dev.agenticmemory.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What stands in a line, whatever the call was.
final class AuditLogTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);
  private static final String ID = "0198c0de-7e57-7000-8000-000000000001";

  @TempDir Path folder;

  @Test
  void aRefusedCallOfMegabytesIsAShortLine() throws IOException {
    String huge = "\ud83d\ude00".repeat(1_000_000);
    ObjectNode arguments = Json.object().put("user_id", huge).put("run_id", huge).put("text", huge);
    arguments.put("memory_id", huge).put("uri", "x" + huge).putObject("metadata").put("a", huge);
    MemoryException failure = new InvalidInput("user_id", "is too long", "Shorten it.");
    JsonNode line = noted(true, arguments, null, failure);
    assertThat(line.toString().length()).isLessThan(32_000);
    assertThat(line.path("outcome").asText()).isEqualTo("InvalidInput");
    assertThat(line.path("user_id").asText()).hasSizeLessThanOrEqualTo(257);
    assertThat(line.path("memory_ids")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "\"a\"", "[1]", "7"})
  void whatWasSaidHasOneTypeWhateverWasSent(String metadata) throws IOException {
    ObjectNode arguments = Json.object();
    arguments.set("metadata", Fixture.parsed(metadata));
    assertThat(noted(true, arguments, null, null).path("said").isTextual()).isTrue();
  }

  @Test
  void idsAreThoseOfTheAnswerAndNothingOfItsTexts() throws IOException {
    ObjectNode answer = Json.object();
    answer
        .putObject("metadata")
        .putArray("results")
        .addObject()
        .put("id", "the vault is behind the painting");
    ObjectNode one = answer.putArray("results").addObject().put("id", ID);
    one.putObject("metadata").putArray("results").addObject().put("id", "the code is 1234");
    JsonNode line = noted(false, Json.object().put("memory_id", "a secret"), answer, null);
    assertThat(line.path("memory_ids")).hasToString("[\"%s\"]".formatted(ID));
    assertThat(line.toString()).doesNotContain("vault", "1234", "secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/results", "/result/results", "/results/results"})
  void idsAreFoundWhereEachRouteHasThem(String place) throws IOException {
    String results = "[{\"id\":\"%s\"}]".formatted(ID);
    String[] names = place.substring(1).split("/", -1);
    String answer = results;
    for (int i = names.length - 1; i >= 0; i--) {
      answer = "{\"%s\":%s}".formatted(names[i], answer);
    }
    assertThat(
            noted(false, Json.object(), (ObjectNode) Fixture.parsed(answer), null)
                .path("memory_ids"))
        .hasToString("[\"%s\"]".formatted(ID));
  }

  private JsonNode noted(
      boolean texts,
      ObjectNode arguments,
      @Nullable ObjectNode answer,
      @Nullable MemoryException failure)
      throws IOException {
    try (AuditFiles files = new AuditFiles(folder, 30, NOON)) {
      new AuditLog(files, texts, NOON).note(Fixture.free(), "action", arguments, answer, failure);
    }
    return Fixture.parsed(Files.readString(folder.resolve("2026-03-01.jsonl")));
  }
}
