package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ALICE;
import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.BOB;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_ALICE;
import static dev.agenticmemory.engine.EngineFixture.BOUND_TO_BOB;
import static dev.agenticmemory.engine.EngineFixture.DEV;
import static dev.agenticmemory.engine.EngineFixture.MAIN;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static dev.agenticmemory.engine.EngineFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.EngineFixture.AddCall;
import dev.agenticmemory.engine.EngineFixture.SearchCall;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class SearchMemoriesTest {

  private static final Selection.Runs COMBINED =
      new Selection.Runs.LongTermAndSince(LocalDate.of(2026, 2, 23));

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

  // What is found.

  @Test
  void theBestAnswerComesFirst() {
    engine.stored("Alice works at the harbour");
    engine.stored("Alice drinks green tea at breakfast");
    engine.stored("Bob drinks coffee");
    assertThat(engine.texts(new SearchCall("what tea does Alice drink")))
        .startsWith("Alice drinks green tea at breakfast");
  }

  @ParameterizedTest
  @CsvSource({
    "绿茶, 我每天早上喝绿茶",
    "茶, 我每天早上喝绿茶",
    "drinking, He drinks milk",
    "чаю, Он любит чай",
    "CAFÉ, They met at the cafe",
  })
  void wordsAreFoundInTheirLanguageAndOtherForms(String query, String expected) {
    Stream.of("我每天早上喝绿茶", "He drinks milk", "Он любит чай", "They met at the cafe")
        .forEach(engine::stored);
    assertThat(engine.texts(new SearchCall(query))).first().isEqualTo(expected);
  }

  @Test
  void whatHasNothingToDoWithTheQueryIsNotFound() {
    engine.stored("Alice works at the harbour");
    assertThat(engine.texts(new SearchCall("quantum chromodynamics"))).isEmpty();
  }

  @Test
  void anEmptyStoreFindsNothing() {
    assertThat(engine.search.search(ANYONE, new SearchCall("tea").request()))
        .isEqualTo(new Found(List.of(), 0));
  }

  @Test
  void atMostTopKAreFound() {
    for (int i = 0; i < 20; i++) {
      engine.stored("tea number " + i);
    }
    assertThat(engine.texts(new SearchCall("tea").topK(7))).hasSize(7);
  }

  @Test
  void scoresAreInOrderAndBetweenZeroAndOne() {
    Stream.of("green tea", "green tea and milk", "a cup of tea with a lot of milk", "milk")
        .forEach(engine::stored);
    List<Double> scores =
        engine.search.search(ANYONE, new SearchCall("green tea").request()).hits().stream()
            .map(Hit::score)
            .toList();
    assertThat(scores).hasSizeGreaterThan(2).allMatch(score -> score > 0 && score <= 1);
    assertThat(scores).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void aLoneBadHitScoresLow() {
    engine.stored("The harbour office of Alice keeps the old maps of the town");
    engine.stored("green tea from Japan");
    assertThat(
            engine
                .search
                .search(ANYONE, new SearchCall("maps that Bob drew of his garden").request())
                .hits())
        .singleElement()
        .satisfies(hit -> assertThat(hit.score()).isLessThan(0.5));
  }

  @Test
  void whatIsBelowTheMinimumIsLeftOutAndCounted() {
    engine.stored("green tea");
    engine.stored("the house behind the old tea shop near the harbour");
    Found found = engine.search.search(ANYONE, new SearchCall("green tea").minScore(0.8).request());
    assertThat(EngineFixture.texts(found)).containsExactly("green tea");
    assertThat(found.filtered()).isEqualTo(1);
  }

  @Test
  void aFilterLeavesOutTheRest() {
    engine.stored(new AddCall("likes tea").metadata(new Metadata(Map.of("year", 2025))));
    engine.stored(new AddCall("likes green tea").metadata(new Metadata(Map.of("year", 2026))));
    Filter filter = new Filter.Compare("year", Filter.Compare.Operator.GT, 2025);
    assertThat(engine.texts(new SearchCall("tea").filter(filter)))
        .containsExactly("likes green tea");
  }

  @Test
  void whatHasExpiredIsNotFound() {
    engine.stored(new AddCall("likes tea").expires(NOON.plusSeconds(60)));
    assertThat(engine.texts(new SearchCall("tea"))).containsExactly("likes tea");
    engine.pass(Duration.ofSeconds(60));
    assertThat(engine.texts(new SearchCall("tea"))).isEmpty();
  }

  @Test
  void whatWasUpdatedIsFoundByItsNewTextAlone() {
    Memory memory = engine.stored("likes tea");
    assertThat(engine.texts(new SearchCall("tea"))).hasSize(1);
    engine.one.update(ANYONE, memory.id(), "prefers coffee", null);
    assertThat(engine.texts(new SearchCall("tea"))).isEmpty();
    assertThat(engine.texts(new SearchCall("coffee"))).containsExactly("prefers coffee");
  }

  @Test
  void whatWasDeletedIsNotFound() {
    Memory memory = engine.stored("likes tea");
    engine.one.delete(ANYONE, memory.id());
    assertThat(engine.texts(new SearchCall("tea"))).isEmpty();
  }

  @Test
  void asOfAnEarlierTimeTheTextOfThatTimeIsFound() {
    Memory memory = engine.stored("likes tea");
    engine.pass(Duration.ofDays(1));
    engine.one.update(ANYONE, memory.id(), "prefers coffee", null);
    assertThat(engine.texts(new SearchCall("tea").asOf(NOON.plusSeconds(1))))
        .containsExactly("likes tea");
    assertThat(engine.texts(new SearchCall("tea").asOf(NOON.minusSeconds(1)))).isEmpty();
  }

  @Test
  void asOfAnEarlierTimeADeletedTextIsNotFound() {
    Memory memory = engine.stored("likes tea");
    engine.pass(Duration.ofDays(1));
    engine.one.delete(ANYONE, memory.id());
    assertThat(engine.texts(new SearchCall("tea").asOf(NOON.plusSeconds(1)))).isEmpty();
  }

  // Recency.

  @Test
  void ofTwoThatFitTheNewerComesFirstWithTimeDecay() {
    engine.stored("the meeting room is upstairs");
    engine.pass(Duration.ofDays(60));
    engine.stored("the meeting room is downstairs");
    assertThat(engine.texts(new SearchCall("meeting room").withTimeDecay()))
        .containsExactly("the meeting room is downstairs", "the meeting room is upstairs");
  }

  @Test
  void timeDecayKeepsTheRelevanceAndTakesABoundedPartOfTheScore() {
    engine.stored("the meeting room is upstairs");
    engine.pass(Duration.ofDays(10_000));
    assertThat(
            engine
                .search
                .search(ANYONE, new SearchCall("meeting room").withTimeDecay().request())
                .hits())
        .singleElement()
        .satisfies(hit -> {
          assertThat(hit.score()).isCloseTo(hit.relevance() * 0.8, within(1e-6));
          assertThat(hit.explanation().recency()).isCloseTo(0.8, within(1e-6));
        });
  }

  @Test
  void theMinimumIsOfTheRelevanceAlone() {
    engine.stored("green tea");
    SearchCall call = new SearchCall("green tea");
    double relevance = engine.search.search(ANYONE, call.request()).hits().getFirst().relevance();
    engine.pass(Duration.ofDays(10_000));
    assertThat(engine.texts(call.withTimeDecay().minScore(relevance - 1e-9))).hasSize(1);
  }

  // Tiers.

  private void storeTiers() {
    engine.stored("tea in long-term");
    engine.stored(new AddCall("tea of today").run(TODAY));
    engine.stored(new AddCall("tea of a session").run(new RunId("s-1")));
    engine.stored(new AddCall("tea of long ago").run(new RunId("2026-02-22")));
  }

  @Test
  void withoutARunOnlyLongTermIsFound() {
    storeTiers();
    assertThat(engine.texts(new SearchCall("tea"))).containsExactly("tea in long-term");
  }

  @Test
  void withARunOnlyThatRunIsFound() {
    storeTiers();
    assertThat(engine.texts(new SearchCall("tea").runs(new Selection.Runs.Only(TODAY))))
        .containsExactly("tea of today");
  }

  @Test
  void aCombinedSearchFindsLongTermAndRecentRunsTogetherWithTheirLabels() {
    storeTiers();
    assertThat(engine.search.search(ANYONE, new SearchCall("tea").runs(COMBINED).request()).hits())
        .extracting(hit -> hit.label() + " " + hit.memory().text())
        .containsExactlyInAnyOrder(
            "LONG_TERM tea in long-term", "SHORT_TERM tea of today", "SHORT_TERM tea of a session");
  }

  @Test
  void whatStandsInTwoTiersIsShownOnce() {
    engine.stored("likes tea");
    engine.stored(new AddCall("likes tea").run(TODAY));
    engine.stored(new AddCall("likes  tea").agent(MAIN));
    engine.stored("likes tea with milk");
    assertThat(engine.texts(new SearchCall("likes tea").runs(COMBINED).topK(2)))
        .containsExactly("likes tea", "likes tea with milk");
  }

  // Who finds what.

  private void storeForAll() {
    engine.stored("tea of nobody");
    engine.stored(new AddCall("tea of main").agent(MAIN));
    engine.stored(new AddCall("tea of dev").agent(DEV));
    engine.stored(new AddCall("tea shared by dev").agent(DEV).category("experience"));
    engine.stored(new AddCall("tea of bob").user(BOB));
    engine.stored(new AddCall("tea shared by bob").user(BOB).category("procedural"));
  }

  @Test
  void anAgentFindsItsOwnAndWhatIsSharedWithItsLabel() {
    storeForAll();
    assertThat(engine.search.search(ANYONE, new SearchCall("tea").agent(MAIN).request()).hits())
        .extracting(hit -> hit.label() + " " + hit.memory().text())
        .containsExactlyInAnyOrder("LONG_TERM tea of main", "SHARED tea shared by dev");
  }

  @Test
  void withoutAgentAllAgentsOfTheUserAreFound() {
    storeForAll();
    assertThat(engine.texts(new SearchCall("tea")))
        .containsExactlyInAnyOrder(
            "tea of nobody", "tea of main", "tea of dev", "tea shared by dev");
  }

  @Test
  void theConfiguredAgentIsForWritesAlone() {
    storeForAll();
    Caller main = new Caller(ALICE, false, MAIN, Source.TOOL, Sharing.USER);
    assertThat(engine.search.search(main, new SearchCall("tea").request()).hits()).hasSize(4);
  }

  @Test
  void withSharingOffAnAgentFindsItsOwnAlone() {
    storeForAll();
    Caller off = new Caller(ALICE, false, null, Source.TOOL, Sharing.OFF);
    assertThat(
            EngineFixture.texts(
                engine.search.search(off, new SearchCall("tea").agent(MAIN).request())))
        .containsExactly("tea of main");
  }

  @Test
  void inATeamWhatOtherUsersShareIsFoundWithItsLabel() {
    storeForAll();
    Caller team = new Caller(ALICE, true, null, Source.TOOL, Sharing.TEAM);
    assertThat(engine.search.search(team, new SearchCall("tea").topK(10).request()).hits())
        .extracting(hit -> hit.label() + " " + hit.memory().text())
        .contains("SHARED tea shared by bob")
        .doesNotContain("SHARED tea of bob", "LONG_TERM tea of bob");
  }

  @Test
  void anotherUsersMemoriesAreNotFound() {
    storeForAll();
    assertThat(
            EngineFixture.texts(
                engine.search.search(BOUND_TO_BOB, new SearchCall("tea").request())))
        .containsExactlyInAnyOrder("tea of bob", "tea shared by bob");
  }

  @Test
  void aBoundCallerCannotNameAnotherUser() {
    storeForAll();
    SearchRequest request = new SearchCall("tea").user(BOB).request();
    assertThatThrownBy(() -> engine.search.search(BOUND_TO_ALICE, request))
        .isInstanceOf(Forbidden.class);
  }

  @Test
  void anUnboundCallerMayNameAnotherUser() {
    storeForAll();
    assertThat(engine.texts(new SearchCall("tea").user(BOB)))
        .containsExactlyInAnyOrder("tea of bob", "tea shared by bob");
  }

  // Limits.

  static Stream<Arguments> whatIsRefused() {
    SearchCall fine = new SearchCall("tea");
    return Stream.of(
        refused("query", "blank", () -> new SearchCall(" ").request()),
        refused("query", "10,000", () -> new SearchCall("q".repeat(10_001)).request()),
        refused("top_k", "0", () -> fine.topK(0).request()),
        refused("top_k", "101", () -> fine.topK(101).request()),
        refused("min_score", "-0.1", () -> fine.minScore(-0.1).request()),
        refused("min_score", "1.1", () -> fine.minScore(1.1).request()),
        refused("min_score", "NaN", () -> fine.minScore(Double.NaN).request()));
  }

  private static Arguments refused(String argument, String value, Callable<SearchRequest> call) {
    return Arguments.of(argument, value, call);
  }

  @ParameterizedTest
  @MethodSource("whatIsRefused")
  void aRefusalNamesTheArgumentAndTheValueAndANextStep(
      String argument, String value, Callable<SearchRequest> call) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> {
              assertThat(e.argument()).isEqualTo(argument);
              assertThat(e).hasMessageStartingWith(argument).hasMessageContaining(value);
              assertThat(e.hint()).isNotBlank();
            });
  }

  @Test
  void theLongestQueryIsAnswered() {
    engine.stored("likes tea");
    assertThat(engine.texts(new SearchCall("tea ".repeat(2_500)).topK(100)))
        .containsExactly("likes tea");
  }
}
