package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.Ranking;
import dev.agenticmemory.json.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Answers stay short, and say what they leave out.
final class ItemsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final MemoryId ID = new MemoryId(new UUID(0x7000L, 0x8000000000000000L));

  private static final Hit.Explanation EXPLANATION =
      new Hit.Explanation(new Ranking.Parts(1, 1, 1, 0, 0, 0, 0, 0), 0.9, null, 1, 1);

  private static Memory memory(Metadata metadata) {
    return new Memory(
        ID,
        Scope.of(new UserId("alice")),
        new Content("likes tea", null, false, metadata),
        new Origin(Source.TOOL, Author.USER, null),
        new Times(NOON, NOON, null, null),
        1);
  }

  @Test
  void metadataThatDoesNotFitAnyMoreIsLeftOutWithANote() {
    Memory memory = memory(new Metadata(Map.of("bulk", "x".repeat(10_000))));
    ObjectNode answer = Items.ofMemories(Collections.nCopies(10, memory));

    assertThat(Json.print(answer).length()).isLessThan(2 * Items.ANSWER_CHARS_MAX);
    assertThat(answer.path("results").path(0).has("metadata")).isTrue();
    assertThat(answer.path("results").path(9).has("metadata")).isFalse();
    assertThat(answer.path("results").path(9).path("cut").asBoolean()).isTrue();
    assertThat(answer.path("note").asText()).contains("get_memory");
  }

  @Test
  void ofALongTextAHitShowsWhatWasAskedAbout() {
    String filler = "Nothing of interest happened on that day. ".repeat(200);
    Memory memory =
        new Memory(
            ID,
            Scope.of(new UserId("alice")),
            new Content(filler + "The plumber is Mr Quill. " + filler, null, false, Metadata.EMPTY),
            new Origin(Source.TOOL, Author.USER, null),
            new Times(NOON, NOON, null, null),
            1);
    Hit hit = new Hit(memory, 0.9, 0.9, Hit.Label.LONG_TERM, EXPLANATION);
    JsonNode shown =
        Items.ofHits(List.of(hit), "who is the plumber?", false, false).path("results").path(0);
    assertThat(shown.path("memory").asText())
        .contains("The plumber is Mr Quill.")
        .hasSizeLessThanOrEqualTo(4_000);
    assertThat(shown.path("cut").asBoolean()).isTrue();
  }

  @Test
  void oneMemoryIsWholeWhateverItsSize() {
    Memory memory = memory(new Metadata(Map.of("bulk", "x".repeat(16_000))));
    assertThat(Items.whole(memory).path("metadata").path("bulk").asText()).hasSize(16_000);
  }

  @Test
  void ofALongHistoryTheFirstAndTheLatestAreShown() {
    List<HistoryEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(
                i -> new HistoryEntry(ID, Event.UPDATE, null, "text " + i, NOON, "tool", "r", null))
            .toList();
    ObjectNode answer = Items.ofHistory(entries);
    assertThat(answer.path("results")).hasSize(60);
    assertThat(answer.path("results").path(0).path("new_memory").asText()).isEqualTo("text 0");
    assertThat(answer.path("results").path(1).path("new_memory").asText()).isEqualTo("text 441");
    assertThat(answer.path("results").path(59).path("new_memory").asText()).isEqualTo("text 499");
    assertThat(answer.path("note").asText()).startsWith("440 entries");
  }

  @Test
  void aShortHistoryIsShownWhole() {
    HistoryEntry entry =
        new HistoryEntry(ID, Event.ADD, null, "likes tea", NOON, "tool", "added", null);
    assertThat(Items.ofHistory(List.of(entry)).has("note")).isFalse();
    assertThat(Items.ofHistory(List.of(entry)).path("results")).hasSize(1);
  }
}
