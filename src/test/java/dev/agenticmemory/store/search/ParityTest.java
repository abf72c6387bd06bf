package dev.agenticmemory.store.search;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.ALICES;
import static dev.agenticmemory.store.MemoryStoreFixture.MAIN;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.TODAY;
import static dev.agenticmemory.store.MemoryStoreFixture.entry;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.onnx.OnnxEmbedder;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.SearchMemories;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.elastic.Elasticsearch;
import dev.agenticmemory.store.opensearch.OpenSearch;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The same memories and questions, with the real model, find the same with the same scores on
/// search servers as in the embedded store.
@Tag("engine")
final class ParityTest {

  private static final Logger LOG = LoggerFactory.getLogger(ParityTest.class);

  private static final int MEMORIES = 2_000;
  private static final int QUERIES = 200;
  private static final int PAGE = 250;
  private static final int HITS = 10;

  private static final List<String> WHO =
      List.of("Anna", "our landlord", "the team", "my sister", "Dr. Weber", "the new neighbour");
  private static final List<String> DID =
      List.of(
          "prefers",
          "bought",
          "recommends",
          "cancelled",
          "forgot",
          "asked about",
          "is planning",
          "complained about",
          "repaired",
          "lent me");
  private static final List<String> WHAT =
      List.of(
          "green tea",
          "a trip to Lisbon",
          "the dishwasher",
          "Postgres",
          "the quarterly report",
          "piano lessons",
          "a used bicycle",
          "the tax return",
          "gluten-free bread",
          "the garden",
          "an old camera",
          "the night train",
          "Kubernetes",
          "a birthday cake",
          "the insurance");
  private static final List<String> WHEN =
      List.of(
          "last spring",
          "on Monday",
          "before the holidays",
          "in the morning",
          "since the move",
          "after the meeting",
          "for the wedding",
          "because of the rain",
          "去年夏天",
          "every week");

  @TempDir Path folder;

  @Test
  void theSameQuestionsFindTheSameWithTheSameScores() {
    try (Embedder embedder =
            new OnnxEmbedder(OnnxEmbedder.Model.ALL_MINILM_L6_V2_Q, folder.resolve("native"));
        MemoryStore embedded = new SqliteStore(folder.resolve("memory.db"), embedder.space())) {
      fill(embedded, new Indexer(embedder));
      Map<String, List<Hit>> expected = answers(embedded, embedder);
      try (RealServer real = RealServer.elasticsearch(folder.resolve("elasticsearch"));
          MemoryStore store =
              new SearchStore(new Elasticsearch(access(real)), "parity", embedder.space())) {
        requireSame(embedded, store, embedder, expected);
      }
      try (RealServer real = RealServer.openSearch(folder.resolve("opensearch"));
          MemoryStore store =
              new SearchStore(
                  new OpenSearch(access(real), OpenSearch.Engine.LUCENE),
                  "parity",
                  embedder.space())) {
        requireSame(embedded, store, embedder, expected);
      }
    }
  }

  private static Access access(RealServer real) {
    return new Access(List.of(real.address()), null, new Access.Trust.Known());
  }

  private static void requireSame(
      MemoryStore embedded, MemoryStore other, Embedder embedder, Map<String, List<Hit>> expected) {
    long start = System.nanoTime();
    move(embedded.contents(), other.contents());
    LOG.info("{} memories moved in {} ms", MEMORIES, (System.nanoTime() - start) / 1_000_000);
    Map<String, List<Hit>> found = answers(other, embedder);
    double similarity =
        expected.keySet().stream()
            .mapToDouble(query ->
                jaccard(
                    ids(expected.getOrDefault(query, List.of())),
                    ids(found.getOrDefault(query, List.of()))))
            .average()
            .orElseThrow();
    LOG.info("mean Jaccard similarity of the first {} is {}", HITS, similarity);
    assertThat(similarity).isGreaterThanOrEqualTo(0.95);
    expected.forEach(
        (query, hits) -> requireSameScores(query, hits, found.getOrDefault(query, List.of())));
  }

  private static void requireSameScores(String query, List<Hit> expected, List<Hit> found) {
    for (Hit hit : expected) {
      found.stream()
          .filter(other -> other.memory().id().equals(hit.memory().id()))
          .forEach(
              other -> assertThat(other.score()).as(query).isCloseTo(hit.score(), within(0.02)));
    }
  }

  private static void move(Contents from, Contents to) {
    to.adopt(from.key());
    MemoryId after = null;
    for (List<Dossier> page = from.dossiers(null, after, PAGE); !page.isEmpty(); ) {
      to.restore(page, List.of(), List.of(), List.of());
      after = page.getLast().id();
      page = from.dossiers(null, after, PAGE);
    }
  }

  private static Set<MemoryId> ids(List<Hit> hits) {
    Set<MemoryId> ids = new HashSet<>();
    hits.forEach(hit -> ids.add(hit.memory().id()));
    return ids;
  }

  private static double jaccard(Set<MemoryId> one, Set<MemoryId> other) {
    Set<MemoryId> both = new HashSet<>(one);
    both.retainAll(other);
    Set<MemoryId> either = new HashSet<>(one);
    either.addAll(other);
    return either.isEmpty() ? 1 : (double) both.size() / either.size();
  }

  /// The first hits of each question.
  private static Map<String, List<Hit>> answers(MemoryStore store, Embedder embedder) {
    SearchMemories search =
        new SearchMemories(store, new Indexer(embedder), Clock.fixed(NOON, ZoneOffset.UTC));
    Caller caller = new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);
    Map<String, List<Hit>> answers = new LinkedHashMap<>();
    List<Long> nanos = new ArrayList<>();
    for (String query : queries()) {
      SearchRequest request =
          new SearchRequest(
              query, null, null, new Selection.Runs.All(), HITS, 0, Filter.ALL, null, false);
      long start = System.nanoTime();
      answers.put(query, search.search(caller, request).hits());
      nanos.add(System.nanoTime() - start);
    }
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    LOG.info("searches took {} µs in the median", sorted[sorted.length / 2] / 1_000);
    return answers;
  }

  private static List<String> queries() {
    Random random = new Random(2);
    return IntStream.range(0, QUERIES)
        .mapToObj(_ ->
            switch (random.nextInt(3)) {
              case 0 -> "What about " + one(WHAT, random) + " and " + one(WHO, random) + "?";
              case 1 -> "Who " + one(DID, random) + " " + one(WHAT, random);
              default -> one(WHAT, random) + " " + one(WHEN, random);
            })
        .distinct()
        .toList();
  }

  private static void fill(MemoryStore store, Indexer indexer) {
    Random random = new Random(1);
    for (int from = 0; from < MEMORIES; from += PAGE) {
      List<Memory> memories = new ArrayList<>();
      for (int i = from; i < Math.min(MEMORIES, from + PAGE); i++) {
        memories.add(memory(i % 5 == 0 ? scope(ALICE, MAIN, TODAY) : ALICES, text(i, random)));
      }
      List<Features> features = indexer.features(memories.stream().map(Memory::text).toList());
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < memories.size(); i++) {
        Memory memory = memories.get(i);
        changes.add(new Change.Add(memory, features.get(i), entry(Event.ADD, memory)));
      }
      store.apply(changes);
    }
  }

  private static String text(int number, Random random) {
    return String.join(
        " ",
        Arrays.asList(
            one(WHO, random),
            one(DID, random),
            one(WHAT, random),
            one(WHEN, random) + ",",
            "and",
            one(DID, random),
            one(WHAT, random),
            "(note " + number + ")."));
  }

  private static String one(List<String> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
