package dev.agenticmemory.store.search;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.first;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.elastic.Elasticsearch;
import dev.agenticmemory.store.opensearch.OpenSearch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed in the middle of writes, without a farewell, and started again.
@Tag("engine")
final class KilledServerTest {

  private static final int SETS_MAX = 400;
  private static final int MEMORIES_PER_SET = 20;
  private static final int KILLS = 2;

  @TempDir Path folder;

  @Test
  void elasticsearchKilledInMidBulkLosesNothingAndStoresNothingTwice() throws Exception {
    requireAllThere(RealServer.elasticsearch(folder), Elasticsearch::new);
  }

  @Test
  void openSearchKilledInMidBulkLosesNothingAndStoresNothingTwice() throws Exception {
    requireAllThere(
        RealServer.openSearch(folder), access -> new OpenSearch(access, OpenSearch.Engine.LUCENE));
  }

  private static void requireAllThere(RealServer real, Function<Access, SearchServer> client)
      throws Exception {
    Access access = new Access(List.of(real.address()), null, new Access.Trust.Known());
    Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    AtomicBoolean writing = new AtomicBoolean(true);
    try (real;
        MemoryStore store =
            new SearchStore(client.apply(access), "memories", SPACE, Duration.ofMinutes(2));
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (int writer = 0; writer < 3; writer++) {
        int number = writer;
        var _ = threads.submit(() -> write(store, number, writing, acknowledged));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        awaitMore(acknowledged);
        real.kill();
        real.start();
      }
      awaitMore(acknowledged);
      writing.set(false);
      threads.shutdown();
      assertThat(threads.awaitTermination(3, TimeUnit.MINUTES)).isTrue();
      requireEach(store, acknowledged);
    }
  }

  private static void write(
      MemoryStore store, int writer, AtomicBoolean writing, Set<String> acknowledged) {
    Random random = new Random(writer);
    for (int set = 0; writing.get() && set < SETS_MAX; set++) {
      List<String> texts = new ArrayList<>();
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < MEMORIES_PER_SET; i++) {
        String text = "writer %d, set %d, memory %d".formatted(writer, set, i);
        texts.add(text);
        changes.add(add(memory(text), random(random)));
      }
      try {
        Outcome outcome = store.apply(changes);
        // What was broken off may have been completed, and is a duplicate when it is repeated.
        assertThat(outcome).isInstanceOf(Outcome.Applied.class);
        acknowledged.addAll(texts);
      } catch (Unavailable e) {
        // Not acknowledged: it may be there or not, but whole.
      }
    }
  }

  private static void awaitMore(Set<String> acknowledged) throws InterruptedException {
    int before = acknowledged.size();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (acknowledged.size() < before + 3 * MEMORIES_PER_SET && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(acknowledged).hasSizeGreaterThan(before);
  }

  private static void requireEach(MemoryStore store, Set<String> acknowledged) {
    List<String> texts =
        store.list(live(ALICE), first(100_000)).stream().map(Memory::text).toList();
    assertThat(texts).doesNotHaveDuplicates().containsAll(acknowledged);
    assertThat(
            texts.stream()
                .collect(
                    Collectors.groupingBy(
                        text -> text.substring(0, text.lastIndexOf(',')), Collectors.counting()))
                .values())
        .allMatch(count -> count == MEMORIES_PER_SET);
    assertThat(store.count(live(ALICE))).isEqualTo(texts.size());
  }
}
