package dev.agenticmemory.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.IOException;
import java.lang.Character.UnicodeScript;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  @Test
  void measuresOursAndTheBaselines() throws Exception {
    Report report = run(Datasets.read(resource("two-chats.jsonl")), new HashEmbedder(128));
    assertThat(report.systems())
        .containsKeys(
            "agentic-memory",
            "words only (BM25)",
            "meaning only (cosine)",
            "reciprocal rank fusion")
        .anySatisfy((system, _) -> assertThat(system).startsWith("convex"));
    assertThat(report.questions()).containsEntry(Report.ALL, 4);
    assertThat(report.systems().get("agentic-memory"))
        .hasEntrySatisfying(Report.ALL, measures -> assertThat(measures.recall5()).isEqualTo(1));
    assertThat(report.json().path("rejection")).isNotEmpty();
    assertThat(String.join("\n", report.lines())).contains("nDCG@10", "min_score");
  }

  @Test
  void aRerankerIsMeasuredAndItsFailuresAreCounted() throws Exception {
    Dataset dataset = Datasets.read(resource("two-chats.jsonl"));
    Report read = run(dataset, new HashEmbedder(128), new Refinement(new Rater(0.0), 0));
    assertThat(read.settings()).containsEntry("reranker", "a rater, best 3 texts");
    assertThat(read.rejections().getFirst())
        .as("all is rated 0, so nothing reaches the lowest min_score")
        .extracting(Report.Rejection::kept, Report.Rejection::foreign)
        .containsExactly(0.0, 1.0);
    Report failed = run(dataset, new HashEmbedder(128), new Refinement(new Rater(null), 0));
    assertThat(failed.settings().get("reranker")).matches(".*failed in (\\d+) of \\1 searches");
  }

  /// Rates every text the same.
  ///
  /// @param score null for none: it is away
  private record Rater(@Nullable Double score) implements Reranker {

    @Override
    public String name() {
      return "a rater";
    }

    @Override
    public int topN() {
      return 3;
    }

    @Override
    public int textCharsMax() {
      return 500;
    }

    @Override
    public List<Double> scores(String query, List<String> texts) {
      if (score == null) {
        throw new Unavailable("a rater is away", "Wait.", null);
      }
      return texts.stream().map(_ -> score).toList();
    }
  }

  @Test
  void chineseIsFoundByKeywordWithAModelThatDoesNotReadIt() throws Exception {
    Report report = run(Datasets.read(resource("chinese.jsonl")), new EnglishOnly());
    var ours = Objects.requireNonNull(report.systems().get("agentic-memory"));
    assertThat(Objects.requireNonNull(ours.get("keyword")).hit5()).isGreaterThanOrEqualTo(0.95);
    assertThat(Objects.requireNonNull(ours.get("mixed")).hit5()).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void aGoodRankingMeasuresHighAndABadOneLow() {
    Measures best = Measures.of(List.of(1, 2, 3), Set.of(1, 2));
    assertThat(best).isEqualTo(new Measures(1, 1, 1, 1, 1, 1));
    Measures sixth = Measures.of(List.of(3, 4, 5, 6, 7, 1), Set.of(1, 2));
    assertThat(sixth.recall5()).isZero();
    assertThat(sixth.recall10()).isEqualTo(0.5);
    assertThat(sixth.mrr()).isEqualTo(1.0 / 6);
    assertThat(sixth.ndcg10()).isBetween(0.2, 0.25);
  }

  @Test
  void readsRealtalk() throws IOException {
    Files.writeString(
        folder.resolve("Chat_1_A_B.json"),
        """
        {"session_1":[{"dia_id":"D1:1","speaker":"Ann","date_time":"29.12.2023, 17:43:02",
          "clean_text":"Hi"}],
         "qa":[{"question":"Who?","category":2,"evidence":["D1:01","D:1:7"]},
          {"question":"Not annotated","category":3,"evidence":[]}]}
        """);
    Dataset dataset = Datasets.read(folder);
    assertThat(dataset.conversations().getFirst().turns())
        .containsExactly(
            new Dataset.Turn(
                "D1:1",
                "session_1",
                Author.USER,
                "Ann",
                Instant.parse("2023-12-29T00:00:00Z"),
                "Hi"));
    assertThat(dataset.conversations().getFirst().questions())
        .containsExactly(new Dataset.Question("Who?", "2", List.of("D1:1", "D1:7")));
  }

  @Test
  void readsLocomo() throws IOException {
    Path file = folder.resolve("locomo10.json");
    Files.writeString(
        file,
        """
        [{"sample_id":"c1","conversation":{"session_1_date_time":"1:56 pm on 8 May, 2023",
          "session_1":[{"dia_id":"D1:1","speaker":"Ann","text":"Hi"}]},
          "qa":[{"question":"Who?","category":1,"evidence":["D1:1; D1:2"]}]}]
        """);
    Dataset.Conversation one = Datasets.read(file).conversations().getFirst();
    assertThat(one.name()).isEqualTo("c1");
    assertThat(one.turns().getFirst().at()).isEqualTo(Instant.parse("2023-05-08T00:00:00Z"));
    assertThat(one.questions().getFirst().evidence()).containsExactly("D1:1", "D1:2");
  }

  @Test
  void readsBeam() throws IOException {
    Path chat = Files.createDirectories(folder.resolve("1").resolve("probing_questions"));
    Files.writeString(
        folder.resolve("1").resolve("chat.json"),
        """
        [{"turns":[[{"role":"user","id":0,"time_anchor":"March-15-2024","content":"Hi"},
          {"role":"assistant","id":1,"content":"Hello"}]]}]
        """);
    Files.writeString(
        chat.resolve("probing_questions.json"),
        """
        {"abstention":[{"question":"What?"}],
         "event_ordering":[{"question":"When?","source_chat_ids":{"first":[0],"then":[[1]]}},
          {"question":"Not annotated","source_chat_ids":[]}]}
        """);
    Dataset.Conversation one = Datasets.read(folder).conversations().getFirst();
    assertThat(one.turns())
        .extracting(Dataset.Turn::role)
        .containsExactly(Author.USER, Author.ASSISTANT);
    assertThat(one.turns().getLast().at()).isEqualTo(Instant.parse("2024-03-15T00:00:00Z"));
    assertThat(one.questions())
        .containsExactly(
            new Dataset.Question("What?", "abstention", List.of()),
            new Dataset.Question("When?", "event_ordering", List.of("0", "1")));
  }

  @Test
  void whatIsNoDatasetIsRefused() throws IOException {
    assertThatThrownBy(() -> Datasets.read(folder)).isInstanceOf(InvalidInput.class);
    assertThatThrownBy(() -> Datasets.read(folder.resolve("none")))
        .isInstanceOf(InvalidInput.class);
    Path file = Files.writeString(folder.resolve("bad.jsonl"), "{\"id\":\"1\"}\n");
    assertThatThrownBy(() -> Datasets.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("line 1");
  }

  private Report run(Dataset dataset, Embedder embedder) throws IOException {
    return run(dataset, embedder, Refinement.NONE);
  }

  private Report run(Dataset dataset, Embedder embedder, Refinement refinement) throws IOException {
    Path file = Files.createTempDirectory(folder, "eval").resolve("memory.db");
    try (MemoryStore store = new SqliteStore(file, embedder.space())) {
      return Evaluation.of(dataset, store, embedder, refinement, CLOCK, _ -> {});
    }
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(EvaluationTest.class.getResource("/eval/" + name)).toURI());
  }

  /// Like the models that come with the program.
  private static final class EnglishOnly implements Embedder {

    private final Embedder hash = new HashEmbedder(128);

    @Override
    public EmbeddingSpace space() {
      return hash.space();
    }

    @Override
    public int windowTokens() {
      return hash.windowTokens();
    }

    @Override
    public boolean reads(UnicodeScript script) {
      return script == UnicodeScript.LATIN;
    }

    @Override
    public List<Embedding> embed(List<String> texts, Purpose purpose) {
      return hash.embed(texts, purpose);
    }
  }
}
