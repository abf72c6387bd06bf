package dev.agenticmemory.store.s3vectors;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.EAST;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.meaning;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static dev.agenticmemory.store.MemoryStoreFixture.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreContract;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.search.RealServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every store promises, on a stand-in for S3 Vectors behind a gate with the service's limits.
@Tag("engine")
final class S3VectorsStoreTest extends MemoryStoreContract {

  private static final AtomicInteger INDICES = new AtomicInteger();

  @TempDir static Path serverFolder;
  private static RealServer real;
  private static StrictGate gate;

  @TempDir Path folder;
  private final String name = "memories-" + INDICES.incrementAndGet();

  @BeforeAll
  static void startServer() throws IOException {
    real = RealServer.s3Vectors(serverFolder);
    gate = new StrictGate(real.address());
    // The default chain of credentials looks here.
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
  }

  @AfterAll
  static void stopServer() {
    gate.close();
    real.close();
  }

  @AfterEach
  void nothingWasAgainstTheServicesRules() {
    assertThat(gate.refused()).isEmpty();
  }

  @Override
  protected MemoryStore open() {
    return openAfter(Duration.ZERO);
  }

  /// Opens the store with a clock that is ahead.
  private MemoryStore openAfter(Duration time) {
    return new S3VectorsStore(index(name), folder.resolve("one.db"), SPACE, ahead(time));
  }

  private static InstantSource ahead(Duration time) {
    return InstantSource.offset(InstantSource.system(), time);
  }

  @Override
  protected MemoryStore openAnother() {
    return new S3VectorsStore(
        index(name + "-other"), folder.resolve("other.db"), SPACE, InstantSource.system());
  }

  /// The service finds a hundred passages at most.
  @Override
  protected boolean findsAll() {
    return false;
  }

  private static VectorIndex index(String name) {
    return new VectorIndex("us-east-1", gate.address(), "memories", name);
  }

  @Test
  void aSecondHostOnTheIndexIsRefused() {
    assertThatThrownBy(() ->
            new S3VectorsStore(
                index(name), folder.resolve("two.db"), SPACE, InstantSource.system()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("another machine");
  }

  @Test
  void anIndexOfAnotherSizeIsRefused() {
    EmbeddingSpace other = new EmbeddingSpace("other", 3);
    assertThatThrownBy(() ->
            new S3VectorsStore(index(name), folder.resolve("3.db"), other, InstantSource.system()))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("50");
  }

  @Test
  void anIndexIsOpenedAgainAndAsItIs() {
    Memory tea = stored(memory("likes tea"));
    store.close();
    try (MemoryStore again =
        S3VectorsStore.asItIs(index(name), folder.resolve("one.db"), InstantSource.system())) {
      assertThat(again.space()).isEqualTo(SPACE);
      assertThat(again.load(again.candidates(live(ALICE), meaning(EAST, 5)).found()))
          .containsExactly(tea);
    }
  }

  @Test
  void theLargestTextAndMetadataAndIdsKeepTheServicesLimits() {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < 80; i++) {
      values.put("key" + i, "茶".repeat(60));
    }
    Memory text = stored(memory("茶".repeat(100_000)));
    Memory metadata = stored(with(new Metadata(values), "likes tea"));
    String id = "茶".repeat(256);
    UserId user = new UserId(id);
    Memory ids = stored(memory(scope(user, new AgentId(id), new RunId(id)), "likes tea"));

    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .extracting(found -> found.id())
        .containsExactlyInAnyOrder(text.id(), metadata.id());
    assertThat(candidates(live(user), meaning(EAST, 5)))
        .extracting(found -> found.id())
        .containsExactly(ids.id());
  }

  @Test
  void whatIsThrottledIsSentAgain() {
    gate.throttled.set(3);
    Memory tea = stored(memory("likes tea"));
    gate.throttled.set(3);
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .extracting(found -> found.id())
        .containsExactly(tea.id());
  }

  @Test
  void erasedVectorsAreGoneFromTheIndex() {
    stored(memory("likes tea"));
    store.erase(new Extent(ALICE, null, null), NOON, "tool");
    store.close();
    try (VectorIndex left = index(name)) {
      assertThat(left.nearest(EAST, VectorMetadata.filter(live(ALICE)))).isEmpty();
    }
    store = open();
  }

  @Test
  void aRefusedAddLeavesNoVector() {
    stored(memory("likes tea"));
    assertThat(store.apply(List.of(add(memory("likes milk")), add(memory("likes tea")))))
        .isInstanceOf(Outcome.Duplicate.class);
    store.close();
    try (VectorIndex left = index(name)) {
      assertThat(left.nearest(EAST, VectorMetadata.filter(live(ALICE)))).hasSize(1);
    }
    store = open();
  }

  @Test
  void aStoreThatOpensDuringAnAddLeavesTheVectorsOfTheAdd() {
    gate.afterPut.set(() -> open().close());
    Memory tea = stored(memory("likes tea"));
    assertThat(candidates(live(ALICE), meaning(EAST, 5)))
        .singleElement()
        .satisfies(found -> assertThat(found.cosine()).isCloseTo(1, within(1e-5)));
    assertThat(passages(tea)).containsExactly(EAST);
  }

  @Test
  void anAddThatTookTooLongIsRefusedAndCanBeRepeated() {
    Memory tea = memory("likes tea");
    gate.afterPut.set(() -> openAfter(Vectors.UNDER_WAY_MAX.plusMinutes(1)).close());
    assertThatThrownBy(() -> store.apply(List.of(add(tea))))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("nothing was stored");
    assertThat(store.find(tea.id())).isEmpty();
    stored(tea);
    assertThat(passages(tea)).containsExactly(EAST);
  }

  @Test
  void vectorsOfAnAddThatWasKilledAreRemovedAfterAWhile() {
    gate.afterPut.set(() -> {
      throw new IllegalStateException("killed");
    });
    assertThatThrownBy(() -> store.apply(List.of(add(memory("likes tea")))))
        .isInstanceOf(Unavailable.class);
    try (VectorIndex left = index(name)) {
      assertThat(left.nearest(EAST, VectorMetadata.filter(live(ALICE)))).hasSize(1);
      openAfter(Vectors.UNDER_WAY_MAX.plusMinutes(1)).close();
      assertThat(left.nearest(EAST, VectorMetadata.filter(live(ALICE)))).isEmpty();
    }
  }

  @Test
  void marksOfVectorsAreNotExported() {
    gate.afterPut.set(() -> {
      throw new IllegalStateException("killed");
    });
    assertThatThrownBy(() -> store.apply(List.of(add(memory("likes tea")))))
        .isInstanceOf(Unavailable.class);
    assertThat(store.contents().marks(null, null, 10)).isEmpty();
  }

  private List<Embedding> passages(Memory memory) {
    return store.contents().dossiers(ALICE, null, 10).stream()
        .filter(dossier -> dossier.id().equals(memory.id()))
        .flatMap(dossier -> dossier.states().stream())
        .flatMap(state -> state.features().passages().stream())
        .toList();
  }

  @Test
  void aMemoryWhoseVectorIsGoneIsExportedWithItsWords() {
    Memory tea = stored(memory("likes tea"));
    try (VectorIndex broken = index(name)) {
      broken.delete(List.of(Vectors.key(tea, 0)));
    }
    assertThat(store.contents().dossiers(ALICE, null, 10))
        .flatExtracting(Dossier::states)
        .extracting(Dossier.State::memory)
        .containsExactly(tea);
    assertThat(passages(tea)).isEmpty();
  }

  @Test
  void noVectorOutlivesABulkErasureThatAddsRanInto() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Callable<Integer>> work = new ArrayList<>();
      for (String who : List.of("one", "two")) {
        work.add(() -> {
          for (int i = 0; i < 40; i++) {
            stored(memory(who + " " + i));
          }
          return 0;
        });
      }
      work.add(() -> {
        for (int i = 0; i < 80; i++) {
          store.erase(new Extent(ALICE, null, null), NOON, "tool");
        }
        return 0;
      });
      for (Future<Integer> one : threads.invokeAll(work)) {
        assertThat(one.get()).isZero();
      }
    }
    store.erase(new Extent(ALICE, null, null), NOON, "tool");
    try (VectorIndex left = index(name)) {
      assertThat(left.nearest(EAST, VectorMetadata.filter(live(ALICE)))).isEmpty();
    }
  }

  @Test
  void aStoreThatWasKilledWhileItTookAnotherKeyOpensAgain() {
    StoreKey key = StoreKey.random();
    MemoryStore killed = store;
    gate.losesPuts = () -> killed.key().equals(key);
    assertThatThrownBy(() -> killed.contents().adopt(key)).isInstanceOf(Unavailable.class);
    gate.losesPuts = () -> false;
    killed.close();
    store = open();
    assertThat(store.key()).isEqualTo(key);
  }
}
