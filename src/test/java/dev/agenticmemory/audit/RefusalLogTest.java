package dev.agenticmemory.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RefusalLogTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void whoWasRefusedFromWhereIsALineWithItsCount() throws Exception {
    List<JsonNode> lines =
        written(log -> {
          log.note("192.0.2.1", 401, null);
          log.note("192.0.2.1", 401, null);
          log.note("192.0.2.1", 403, "reader");
        });
    assertThat(lines)
        .map(JsonNode::toString)
        .map(line -> line.replaceAll("\"id\":\"[0-9a-f-]{36}\",", ""))
        .containsExactly(
            "{\"time\":\"2026-03-01T12:00:00Z\",\"action\":\"refused\",\"address\":\"192.0.2.1\",\"status\":401,\"count\":2}",
            "{\"time\":\"2026-03-01T12:00:00Z\",\"caller\":\"reader\",\"action\":\"refused\",\"address\":\"192.0.2.1\",\"status\":403,\"count\":1}");
  }

  @Test
  void aFloodFromManyAddressesIsFewLinesThatCountAllOfIt() throws Exception {
    List<JsonNode> lines =
        written(log -> {
          for (int i = 0; i < 100_000; i++) {
            log.note("2001:db8::%x".formatted(i), i % 2 == 0 ? 401 : 403, null);
          }
        });
    assertThat(lines).hasSizeLessThanOrEqualTo(RefusalLog.NAMED_MAX + 2);
    assertThat(lines.stream().mapToLong(line -> line.path("count").asLong()).sum())
        .isEqualTo(100_000);
    assertThat(lines.getLast().path("address").asText()).isEqualTo("others");
  }

  @Test
  void whereNobodyIsRefusedNothingIsWritten() throws Exception {
    assertThat(written(_ -> {})).isEmpty();
  }

  private List<JsonNode> written(Consumer<RefusalLog> refused) throws Exception {
    try (AuditFiles files = new AuditFiles(folder, 30, NOON);
        RefusalLog log = new RefusalLog(files, NOON)) {
      log.start();
      refused.accept(log);
    }
    Path file = folder.resolve("2026-03-01.jsonl");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Fixture::parsed).toList()
        : List.of();
  }
}
