package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.BOB;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_ALICE;
import static dev.agenticmemory.engine.EngineFixture.DEV;
import static dev.agenticmemory.engine.EngineFixture.MAIN;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static dev.agenticmemory.engine.EngineFixture.TODAY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.engine.EngineFixture.AddCall;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ListMemoriesTest {

  private static final Selection.Runs LONG_TERM = new Selection.Runs.LongTerm();

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

  @Test
  void theNewestComesFirst() {
    engine.stored("old");
    engine.pass(Duration.ofSeconds(1));
    engine.stored("new");
    assertThat(texts(page(20, null))).containsExactly("new", "old");
  }

  @Test
  void nothingIsAnEmptyPage() {
    assertThat(page(20, null)).isEqualTo(new ListMemories.Page(List.of(), null));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9, 10, 11})
  void pagesTogetherAreAllMemories(int size) {
    for (int i = 0; i < 10; i++) {
      engine.stored("memory " + i); // All within one millisecond.
    }
    List<String> all = new ArrayList<>();
    int pages = 0;
    String cursor = null;
    do {
      ListMemories.Page page = page(size, cursor);
      all.addAll(texts(page));
      cursor = page.nextCursor();
      pages++;
    } while (cursor != null);
    assertThat(all).isEqualTo(engine.listed()).hasSize(10);
    assertThat(pages).isEqualTo((10 + size - 1) / size);
  }

  @Test
  void whatIsAddedBetweenTwoPagesShiftsNothing() {
    Stream.of("one", "two", "three").forEach(engine::stored);
    ListMemories.Page first = page(2, null);
    engine.pass(Duration.ofSeconds(1));
    engine.stored("four");
    assertThat(texts(page(2, first.nextCursor()))).containsExactly("one");
  }

  @Test
  void whatIsDeletedBetweenTwoPagesShiftsNothing() {
    Stream.of("one", "two", "three").forEach(engine::stored);
    ListMemories.Page first = page(2, null);
    engine.one.delete(ANYONE, first.memories().getLast().id());
    assertThat(texts(page(2, first.nextCursor()))).containsExactly("one");
  }

  @Test
  void aTierAnAgentAndAUserAreListedApart() {
    engine.stored("long-term");
    engine.stored(new AddCall("main's").agent(MAIN));
    engine.stored(new AddCall("dev's").agent(DEV));
    engine.stored(new AddCall("of today").run(TODAY));
    engine.stored(new AddCall("bob's").user(BOB));

    assertThat(texts(page(20, null))).containsExactly("dev's", "main's", "long-term");
    assertThat(texts(engine.list.list(ANYONE, null, MAIN, LONG_TERM, 20, null)))
        .containsExactly("main's");
    assertThat(
            texts(engine.list.list(ANYONE, null, null, new Selection.Runs.Only(TODAY), 20, null)))
        .containsExactly("of today");
    assertThat(texts(engine.list.list(ANYONE, BOB, null, LONG_TERM, 20, null)))
        .containsExactly("bob's");
  }

  @Test
  void whatHasExpiredIsNotListed() {
    engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60)));
    engine.pass(Duration.ofSeconds(60));
    assertThat(page(20, null).memories()).isEmpty();
  }

  @Test
  void aBoundCallerCannotListAnotherUser() {
    assertThatThrownBy(() -> engine.list.list(BOUND_TO_ALICE, BOB, null, LONG_TERM, 20, null))
        .isInstanceOf(Forbidden.class);
  }

  @Test
  void aCursorOfAnotherUserListsOnlyTheCallersOwn() {
    engine.stored(new AddCall("bob's first").user(BOB));
    engine.stored(new AddCall("bob's second").user(BOB));
    engine.stored("alice's");
    String cursor = engine.list.list(ANYONE, BOB, null, LONG_TERM, 1, null).nextCursor();
    assertThat(texts(page(20, cursor))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 101})
  void aLimitOutOfRangeIsRefusedByName(int limit) {
    assertThatThrownBy(() -> page(limit, null))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> {
              assertThat(e.argument()).isEqualTo("limit");
              assertThat(e).hasMessageContaining(String.valueOf(limit));
              assertThat(e.hint()).contains("100");
            });
  }

  static Stream<String> badCursors() {
    return Stream.of(
            "",
            "x",
            "1 2",
            "1772366400123",
            " 01890000-0000-7000-8000-000000000000",
            "99999999999999999999 01890000-0000-7000-8000-000000000000",
            "1 x'; DROP TABLE memory; --")
        .map(text -> Base64.getUrlEncoder().encodeToString(text.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @MethodSource("badCursors")
  @ValueSource(strings = {"%", "not base64!", "2", "茶"})
  void aCursorThatNoListReturnedIsRefusedByName(String cursor) {
    assertThatThrownBy(() -> page(20, cursor))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> {
              assertThat(e.argument()).isEqualTo("cursor");
              assertThat(e.hint()).contains("next_cursor");
            });
  }

  private ListMemories.Page page(int limit, @Nullable String cursor) {
    return engine.list.list(ANYONE, null, null, LONG_TERM, limit, cursor);
  }

  private static List<String> texts(ListMemories.Page page) {
    return page.memories().stream().map(Memory::text).toList();
  }
}
