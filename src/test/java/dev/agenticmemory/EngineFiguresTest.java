package dev.agenticmemory;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.entry;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.SearchMemories;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.s3vectors.StrictGate;
import dev.agenticmemory.store.search.RealServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Measures the engines side by side, for docs/engines.md: `./mvnw -Pengines test
/// -Dtest=EngineFiguresTest -Dfigures.memories=10000`.
@Tag("engine")
@EnabledIfSystemProperty(named = "figures.memories", matches = "\\d+")
final class EngineFiguresTest {

  private static final Logger LOG = LoggerFactory.getLogger(EngineFiguresTest.class);

  private static final int MEMORIES = Integer.getInteger("figures.memories", 0);
  private static final int BATCH = 250;
  private static final int TIMES = 200;
  private static final int WRITERS = 8;

  private static final List<String> WORDS =
      List.of(
          "tea",
          "Lisbon",
          "river",
          "report",
          "piano",
          "garden",
          "camera",
          "train",
          "insurance",
          "Postgres",
          "holiday",
          "landlord",
          "meeting",
          "birthday",
          "bicycle",
          "bread",
          "doctor",
          "school",
          "kitchen",
          "winter",
          "budget",
          "recipe",
          "invoice",
          "museum",
          "forest");

  @TempDir Path folder;

  private final Embedder embedder = new HashEmbedder(384);
  private final Indexer indexer = new Indexer(embedder);
  private final Random random = new Random(7);
  private int texts;

  @Test
  void figures() throws Exception {
    measure("embedded", Map.of(), () -> size(folder.resolve("memory.db")));
    try (RealServer real = RealServer.elasticsearch(folder.resolve("elasticsearch"))) {
      measure(
          "elasticsearch",
          Map.of("ELASTICSEARCH_HOST", real.address().toString()),
          () -> stored(real.address()));
    }
    try (RealServer real = RealServer.openSearch(folder.resolve("opensearch"))) {
      measure(
          "opensearch",
          Map.of("OPENSEARCH_HOST", real.address().toString()),
          () -> stored(real.address()));
    }
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    try (RealServer real = RealServer.s3Vectors(folder.resolve("s3vectors"));
        StrictGate gate = new StrictGate(real.address())) {
      measure(
          "s3vectors",
          Map.of("S3VECTORS_ENDPOINT", gate.address().toString()),
          () -> size(folder.resolve("s3vectors-memories.db")));
    }
  }

  private void measure(String engine, Map<String, String> settings, Callable<Long> bytes)
      throws Exception {
    Map<String, String> env = new HashMap<>(settings);
    env.put("MEMORY_HOME", folder.toString());
    env.put("VECTOR_STORE", engine);
    Config config = Config.read(env, null, folder, "alice");
    try (MemoryStore store = Stores.open(config, embedder.space())) {
      long start = System.nanoTime();
      for (int from = 0; from < MEMORIES; from += BATCH) {
        add(store, BATCH);
      }
      long perSecond = perSecond(MEMORIES, start);
      long stored = bytes.call() / MEMORIES;
      List<Long> adds = times(() -> add(store, 1));
      List<Long> searches = times(() -> search(store));
      LOG.info(
          "{}: filled with {}/s, {} bytes each; add {}, search {}; change sets/s {}, {} of {} writers",
          engine,
          perSecond,
          stored,
          shown(adds),
          shown(searches),
          Duration.ofSeconds(TIMES).toNanos() / sum(adds),
          together(store),
          WRITERS);
      assertThat(store.count(live(ALICE))).isEqualTo(texts);
    }
    texts = 0;
  }

  private static long perSecond(int count, long since) {
    return count * Duration.ofSeconds(1).toNanos() / (System.nanoTime() - since);
  }

  /// Change sets a second of several writers at once.
  private long together(MemoryStore store) throws Exception {
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      Callable<Boolean> one =
          () -> {
            add(store, 1);
            return true;
          };
      for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(TIMES, one))) {
        assertThat(done.get()).isTrue();
      }
    }
    return perSecond(TIMES, start);
  }

  private void add(MemoryStore store, int count) {
    List<Memory> memories = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      memories.add(memory(text()));
    }
    List<Features> features = indexer.features(memories.stream().map(Memory::text).toList());
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Memory memory = memories.get(i);
      changes.add(new Change.Add(memory, features.get(i), entry(Event.ADD, memory)));
    }
    assertThat(store.apply(changes)).isEqualTo(new Outcome.Applied());
  }

  /// Some 120 characters.
  private synchronized String text() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < 18; i++) {
      words.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", words) + " note " + texts++;
  }

  private void search(MemoryStore store) {
    SearchMemories search = new SearchMemories(store, indexer, Clock.fixed(NOON, ZoneOffset.UTC));
    Caller caller = new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);
    String query =
        "what about "
            + WORDS.get(random.nextInt(WORDS.size()))
            + " note "
            + random.nextInt(MEMORIES);
    SearchRequest request =
        new SearchRequest(
            query, null, null, new Selection.Runs.LongTerm(), 10, 0, Filter.ALL, null, false);
    assertThat(search.search(caller, request).hits()).isNotEmpty();
  }

  private static List<Long> times(Runnable action) {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      long start = System.nanoTime();
      action.run();
      nanos.add(System.nanoTime() - start);
    }
    return nanos;
  }

  private static long sum(List<Long> nanos) {
    return nanos.stream().mapToLong(Long::longValue).sum();
  }

  private static String shown(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return "p50 %.1f ms, p95 %.1f ms"
        .formatted(sorted.get(sorted.size() / 2) / 1e6, sorted.get(sorted.size() * 95 / 100) / 1e6);
  }

  private static long size(Path file) throws Exception {
    return Files.size(file) + Files.size(Path.of(file + "-wal"));
  }

  /// What all indices take, merged.
  private static long stored(URI server) throws Exception {
    var _ = send(server, "POST", "/_all/_forcemerge?max_num_segments=1&flush=true");
    String stats = send(server, "GET", "/agentic-memory*/_stats/store");
    return Json.parse(stats).at("/_all/primaries/store/size_in_bytes").asLong();
  }

  private static String send(URI server, String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.resolve(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
