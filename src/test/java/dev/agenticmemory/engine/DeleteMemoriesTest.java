package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ALICE;
import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.BOB;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_ALICE;
import static dev.agenticmemory.engine.EngineFixture.DEV;
import static dev.agenticmemory.engine.EngineFixture.MAIN;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static dev.agenticmemory.engine.EngineFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.EngineFixture.AddCall;
import dev.agenticmemory.engine.EngineFixture.SearchCall;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeleteMemoriesTest {

  private static final Selection.Runs ALL = new Selection.Runs.All();

  @TempDir Path folder;
  private EngineFixture engine;

  @BeforeEach
  void open() {
    engine = new EngineFixture(folder);
    engine.stored("tea in long-term");
    engine.stored(new AddCall("tea of today").run(TODAY));
    engine.stored(new AddCall("main's tea of today").agent(MAIN).run(TODAY));
    engine.stored(new AddCall("dev's tea of today").agent(DEV).run(TODAY));
    engine.stored(new AddCall("tea of a session").run(new RunId("s-1")));
    engine.stored(new AddCall("bob's tea of today").user(BOB).run(TODAY));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void aRunIsDeletedForAllAgentsOfTheUser() {
    assertThat(engine.delete.byRun(ANYONE, null, TODAY, null, false)).isEqualTo(3);
    requireLeft("tea in long-term", "tea of a session");
    assertThat(engine.texts(new SearchCall("tea").user(BOB).runs(ALL)))
        .containsExactly("bob's tea of today");
  }

  @Test
  void aRunIsDeletedForOneAgent() {
    assertThat(engine.delete.byRun(ANYONE, null, TODAY, MAIN, false)).isEqualTo(1);
    requireLeft("tea in long-term", "tea of today", "dev's tea of today", "tea of a session");
  }

  @Test
  void aUserIsDeletedWithAllTiersAndAgents() {
    Memory one = engine.stored("one more tea");
    assertThat(engine.delete.byUser(ANYONE, ALICE, false)).isEqualTo(6);
    requireLeft();
    assertThatThrownBy(() -> engine.one.get(ANYONE, one.id())).isInstanceOf(NotFound.class);
    assertThat(engine.one.history(ANYONE, one.id()))
        .hasSize(2)
        .allMatch(entry -> entry.oldText() == null && entry.newText() == null);
    assertThat(engine.texts(new SearchCall("tea").user(BOB).runs(ALL))).hasSize(1);
  }

  @Test
  void aDryRunCountsAndDeletesNothing() {
    assertThat(engine.delete.byUser(ANYONE, ALICE, true)).isEqualTo(5);
    assertThat(engine.delete.byRun(ANYONE, null, TODAY, null, true)).isEqualTo(3);
    assertThat(engine.delete.byRun(ANYONE, null, TODAY, DEV, true)).isEqualTo(1);
    assertThat(engine.listed()).hasSize(5);
  }

  @Test
  void deletingWhatIsNotThereIsZero() {
    assertThat(engine.delete.byRun(ANYONE, null, new RunId("never"), null, false)).isZero();
    assertThat(engine.delete.byUser(ANYONE, new UserId("carol"), false)).isZero();
    assertThat(engine.delete.byUser(ANYONE, new UserId("Alice"), false)).isZero();
    assertThat(engine.listed()).hasSize(5);
  }

  @Test
  void whatExpiredIsDeletedToo() {
    Memory memory =
        engine.stored(new AddCall("tea until one").run(TODAY).expires(NOON.plusSeconds(60)));
    engine.pass(Duration.ofDays(1));
    engine.delete.byRun(ANYONE, null, TODAY, null, false);
    assertThat(engine.store.find(memory.id())).isEmpty();
    assertThat(engine.store.forgotten(ALICE, memory.content().hash())).isTrue();
  }

  @Test
  void afterADeletionTheSameTextCanBeAddedAnew() {
    engine.delete.byUser(ANYONE, ALICE, false);
    engine.stored("tea in long-term");
    requireLeft("tea in long-term");
  }

  @Test
  void aBoundCallerDeletesItsOwn() {
    assertThat(engine.delete.byRun(BOUND_TO_ALICE, null, TODAY, null, false)).isEqualTo(3);
    assertThat(engine.delete.byUser(BOUND_TO_ALICE, ALICE, false)).isEqualTo(2);
  }

  @Test
  void aBoundCallerCannotDeleteAnotherUsersEvenInADryRun() {
    for (boolean dryRun : List.of(true, false)) {
      assertThatThrownBy(() -> engine.delete.byUser(BOUND_TO_ALICE, BOB, dryRun))
          .isInstanceOf(Forbidden.class);
      assertThatThrownBy(() -> engine.delete.byRun(BOUND_TO_ALICE, BOB, TODAY, null, dryRun))
          .isInstanceOf(Forbidden.class);
    }
    assertThat(engine.texts(new SearchCall("tea").user(BOB).runs(ALL))).hasSize(1);
  }

  private void requireLeft(String... texts) {
    assertThat(engine.listed()).containsExactlyInAnyOrder(texts);
    assertThat(engine.texts(new SearchCall("tea").runs(ALL).topK(20)))
        .containsExactlyInAnyOrder(texts);
  }
}
