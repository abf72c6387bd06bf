package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ALICE;
import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.BOB;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_ALICE;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_BOB;
import static dev.agenticmemory.engine.EngineFixture.MAIN;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static dev.agenticmemory.engine.EngineFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.EngineFixture.AddCall;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OneMemoryTest {

  private static final Caller TEAM_OF_BOB = new Caller(BOB, true, null, Source.TOOL, Sharing.TEAM);

  @TempDir Path folder;
  private EngineFixture engine;

  @BeforeEach
  void open() {
    engine = new EngineFixture(folder);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  // Reading.

  @Test
  void aMemoryIsReadByItsId() {
    Memory tea = engine.stored("likes tea");
    assertThat(engine.one.get(ANYONE, tea.id())).isEqualTo(tea);
  }

  @Test
  void anExpiredMemoryIsNotFound() {
    MemoryId id = engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60))).id();
    engine.pass(Duration.ofSeconds(60));
    assertThatThrownBy(() -> engine.one.get(ANYONE, id)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> engine.one.update(ANYONE, id, "x", null)).isInstanceOf(NotFound.class);
  }

  @Test
  void anExpiredMemoryIsDeletedAllTheSame() {
    MemoryId id = engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60))).id();
    engine.pass(Duration.ofSeconds(60));
    engine.one.delete(ANYONE, id);
    assertThat(engine.one.history(ANYONE, id))
        .allSatisfy(entry -> assertThat(entry.newText()).isNull());
  }

  @Test
  void inATeamAnotherUsersSharedMemoryCanBeRead() {
    Memory shared = engine.stored(new AddCall("use tabs").category("procedural"));
    assertThat(engine.one.get(TEAM_OF_BOB, shared.id())).isEqualTo(shared);
  }

  @Test
  void outsideATeamAnotherUsersSharedMemoryIsNotFound() {
    MemoryId id = engine.stored(new AddCall("use tabs").category("procedural")).id();
    assertThatThrownBy(() -> engine.one.get(BOUND_TO_BOB, id)).isInstanceOf(NotFound.class);
  }

  @Test
  void inATeamAnotherUsersSharedMemoryCannotBeChanged() {
    Memory shared = engine.stored(new AddCall("use tabs").category("procedural"));
    assertThatThrownBy(() -> engine.one.update(TEAM_OF_BOB, shared.id(), "use blanks", null))
        .isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> engine.one.delete(TEAM_OF_BOB, shared.id()))
        .isInstanceOf(NotFound.class);
    assertThat(engine.one.get(ANYONE, shared.id())).isEqualTo(shared);
  }

  /// Each thing that can be done with an id.
  static Stream<Named<BiFunction<EngineFixture, MemoryId, ThrowingCallable>>> uses() {
    return Stream.of(
        Named.of("get", (engine, id) -> () -> engine.one.get(BOUND_TO_BOB, id)),
        Named.of("update", (engine, id) -> () -> engine.one.update(BOUND_TO_BOB, id, "x", null)),
        Named.of("delete", (engine, id) -> () -> engine.one.delete(BOUND_TO_BOB, id)),
        Named.of("history", (engine, id) -> () -> engine.one.history(BOUND_TO_BOB, id)));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void anotherUsersMemoryLooksToABoundCallerLikeOneThatNeverWas(
      BiFunction<EngineFixture, MemoryId, ThrowingCallable> use) {
    Memory alices = engine.stored("likes tea");
    MemoryId never = engine.unknownId();
    assertThatThrownBy(use.apply(engine, never))
        .isInstanceOf(NotFound.class)
        .hasMessage("No memory with id " + never);
    assertThatThrownBy(use.apply(engine, alices.id()))
        .isInstanceOf(NotFound.class)
        .hasMessage("No memory with id " + alices.id());
    assertThat(engine.one.get(BOUND_TO_ALICE, alices.id())).isEqualTo(alices);
  }

  // Updating.

  @Test
  void anUpdateOfTheTextKeepsEverythingElse() {
    Memory before =
        engine.stored(
            new AddCall("likes tea")
                .agent(MAIN)
                .run(TODAY)
                .category("experience")
                .metadata(new Metadata(Map.of("mood", "calm"))));
    engine.pass(Duration.ofDays(1));

    Memory after = engine.one.update(ANYONE, before.id(), "likes coffee", null).memory();

    assertThat(after.text()).isEqualTo("likes coffee");
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.scope()).isEqualTo(before.scope());
    assertThat(after.content()).isEqualTo(before.content().withText("likes coffee"));
    assertThat(after.times().created()).isEqualTo(NOON);
    assertThat(after.times().updated()).isEqualTo(NOON.plus(Duration.ofDays(1)));
    assertThat(engine.one.get(ANYONE, before.id())).isEqualTo(after);
  }

  @Test
  void anUpdateToTheTextOfAnotherMemoryNamesThatOneAndKeepsBoth() {
    MemoryId tea = engine.stored(new AddCall("likes tea")).id();
    MemoryId coffee = engine.stored(new AddCall("likes coffee")).id();
    OneMemory.Updated updated = engine.one.update(ANYONE, coffee, "likes tea", null);
    assertThat(updated.same()).isEqualTo(tea);
    assertThat(updated.note()).contains(tea.toString());
    assertThat(engine.one.get(ANYONE, tea).text()).isEqualTo("likes tea");
    assertThat(engine.one.get(ANYONE, coffee).text()).isEqualTo("likes tea");
  }

  @Test
  void theSameTextInAnotherScopeIsNotNamed() {
    engine.stored(new AddCall("likes tea").run(TODAY));
    MemoryId coffee = engine.stored(new AddCall("likes coffee")).id();
    assertThat(engine.one.update(ANYONE, coffee, "likes tea", null).same()).isNull();
    assertThat(engine.one.update(ANYONE, coffee, "Likes tea", null).same()).isNull();
  }

  @Test
  void metadataIsMergedAndNullRemovesAKey() throws Exception {
    Metadata before = metadata("{'a': 1, 'b': {'c': 2}, 'd': 4}");
    MemoryId id = engine.stored(new AddCall("likes tea").metadata(before)).id();

    engine.one.update(
        ANYONE, id, null, metadata("{'a': 'one', 'b': null, 'e': [5], 'never': null}"));

    assertThat(engine.one.get(ANYONE, id).content().metadata())
        .isEqualTo(metadata("{'a': 'one', 'd': 4, 'e': [5]}"));
    assertThat(engine.one.get(ANYONE, id).text()).isEqualTo("likes tea");
  }

  @Test
  void anUpdateThatChangesNothingLeavesNoTrace() {
    Memory before = engine.stored(new AddCall("likes tea").metadata(new Metadata(Map.of("a", 1))));
    engine.pass(Duration.ofDays(1));
    Memory after =
        engine.one.update(ANYONE, before.id(), "likes tea", new Metadata(Map.of("a", 1))).memory();
    assertThat(after).isEqualTo(before);
    assertThat(engine.one.history(ANYONE, before.id())).hasSize(1);
  }

  @Test
  void anUpdateOfNothingIsRefused() {
    MemoryId id = engine.stored("likes tea").id();
    assertThatThrownBy(() -> engine.one.update(ANYONE, id, null, null))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("text")
        .hasMessageContaining("metadata");
  }

  @Test
  void anUpdateBeyondALimitIsRefusedByNameAndChangesNothing() {
    Memory tea =
        engine.stored(
            new AddCall("likes tea").metadata(new Metadata(Map.of("a", "x".repeat(9_000)))));
    assertThatThrownBy(
            () -> engine.one.update(ANYONE, tea.id(), "x".repeat(Content.TEXT_CHARS_MAX + 1), null))
        .isInstanceOfSatisfying(
            InvalidInput.class, e -> assertThat(e.argument()).isEqualTo("text"));
    assertThatThrownBy(() -> engine.one.update(ANYONE, tea.id(), " ", null))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("blank");
    Metadata more = new Metadata(Map.of("b", "x".repeat(9_000)));
    assertThatThrownBy(() -> engine.one.update(ANYONE, tea.id(), null, more))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("16,384");
    assertThat(engine.one.get(ANYONE, tea.id())).isEqualTo(tea);
  }

  @Test
  void updatesFromFourThreadsAtOnceAreAllKept() throws Exception {
    MemoryId id = engine.stored("likes tea").id();
    List<Callable<OneMemory.Updated>> updates =
        IntStream.range(0, 4)
            .<Callable<OneMemory.Updated>>mapToObj(
                i -> () -> engine.one.update(ANYONE, id, null, new Metadata(Map.of("k" + i, i))))
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<OneMemory.Updated> update : threads.invokeAll(updates)) {
        assertThat(update.get().memory().id()).isEqualTo(id);
      }
    }
    assertThat(engine.one.get(ANYONE, id).content().metadata())
        .isEqualTo(new Metadata(Map.of("k0", 0, "k1", 1, "k2", 2, "k3", 3)));
    assertThat(engine.one.history(ANYONE, id)).hasSize(5);
  }

  @Test
  void aClockThatWentBackDoesNotMakeAMemoryOlder() {
    MemoryId id = engine.stored("likes tea").id();
    engine.pass(Duration.ofDays(-1));
    assertThat(engine.one.update(ANYONE, id, "likes coffee", null).memory().times().updated())
        .isEqualTo(NOON);
  }

  // History.

  @Test
  void historyTellsEveryChangeInOrder() {
    MemoryId id = engine.stored("likes tea").id();
    engine.pass(Duration.ofSeconds(1));
    engine.one.update(ANYONE, id, "likes coffee", null);
    engine.one.update(ANYONE, id, null, new Metadata(Map.of("a", 1)));

    assertThat(engine.one.history(ANYONE, id))
        .containsExactly(
            entry(id, Event.ADD, null, "likes tea", 0, "added"),
            entry(id, Event.UPDATE, "likes tea", "likes coffee", 1, "text changed"),
            entry(id, Event.UPDATE, "likes coffee", "likes coffee", 1, "metadata changed"));
  }

  @Test
  void afterADeletionHistoryTellsWhatHappenedWithoutAnyText() {
    MemoryId id = engine.stored("likes tea").id();
    engine.one.update(ANYONE, id, "likes coffee", null);
    engine.one.delete(ANYONE, id);

    assertThat(engine.one.history(BOUND_TO_ALICE, id))
        .extracting(HistoryEntry::event)
        .containsExactly(Event.ADD, Event.UPDATE, Event.DELETE);
    assertThat(engine.one.history(BOUND_TO_ALICE, id))
        .allMatch(entry -> entry.oldText() == null && entry.newText() == null);
  }

  @Test
  void afterADeletionHistoryIsStillTheUsersOwn() {
    MemoryId id = engine.stored("likes tea").id();
    engine.one.delete(ANYONE, id);
    assertThatThrownBy(() -> engine.one.history(BOUND_TO_BOB, id)).isInstanceOf(NotFound.class);
  }

  @Test
  void theActorIsTheDoorByWhichTheChangeCame() {
    Memory tea = engine.stored("likes tea");
    Caller api = new Caller(ALICE, true, null, Source.API, Sharing.USER);
    engine.one.update(api, tea.id(), "likes coffee", null);
    assertThat(engine.one.history(ANYONE, tea.id()))
        .extracting(HistoryEntry::actor)
        .containsExactly("tool", "api");
  }

  private static HistoryEntry entry(
      MemoryId id, Event event, @Nullable String before, String after, long second, String reason) {
    return new HistoryEntry(
        id, event, before, after, NOON.plusSeconds(second), "tool", reason, null);
  }

  // Deleting.

  @Test
  void aDeletedMemoryIsNotListed() {
    engine.one.delete(ANYONE, engine.stored("likes tea").id());
    assertThat(engine.listed()).isEmpty();
  }

  @Test
  void aDeletedMemoryIsNotFoundAnyMore() {
    MemoryId id = engine.stored("likes tea").id();
    engine.one.delete(ANYONE, id);
    assertThatThrownBy(() -> engine.one.get(ANYONE, id)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> engine.one.update(ANYONE, id, "x", null)).isInstanceOf(NotFound.class);
    assertThatThrownBy(() -> engine.one.delete(ANYONE, id)).isInstanceOf(NotFound.class);
  }

  private static Metadata metadata(String json) throws Exception {
    return MetadataJson.read((ObjectNode) Json.parse(json.replace('\'', '"')));
  }
}
