package dev.agenticmemory.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.onnx.OnnxEmbedder;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people ask of short facts, with the real model: 166 facts, 311 questions in 22 kinds, and
/// 47 of what was never said. The facts of this table are told as they are, each by itself.
final class FactsTest {

  /// What `yesterday` in the table is relative to.
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-06-17T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void shortFactsAreFoundByWhatPeopleAsk() throws Exception {
    Map<String, Measures> ours = Objects.requireNonNull(run().systems().get("agentic-memory"));
    assertThat(of(ours, Report.ALL).hit5()).isGreaterThan(0.96);
    assertThat(of(ours, Report.ALL).mrr()).isGreaterThan(0.91);
    for (String kind : new String[] {"keyword", "identifier", "partial_id", "number", "date"}) {
      assertThat(of(ours, kind).hit5()).as(kind).isGreaterThan(0.95);
    }
    assertThat(of(ours, "time").hit5()).as("what happened when").isGreaterThan(0.85);
  }

  private static Measures of(Map<String, Measures> measures, String kind) {
    return Objects.requireNonNull(measures.get(kind));
  }

  private Report run() throws Exception {
    Path table =
        Path.of(Objects.requireNonNull(FactsTest.class.getResource("/eval/facts.jsonl")).toURI());
    Dataset dataset = Datasets.read(table);
    try (Embedder embedder =
            new OnnxEmbedder(OnnxEmbedder.Model.ALL_MINILM_L6_V2_Q, folder.resolve("native"));
        MemoryStore store = new SqliteStore(folder.resolve("memory.db"), embedder.space())) {
      return Evaluation.of(dataset, store, embedder, Refinement.NONE, CLOCK, _ -> {});
    }
  }
}
