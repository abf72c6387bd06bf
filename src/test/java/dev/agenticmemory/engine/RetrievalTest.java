package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.EngineFixture.ALICE;
import static dev.agenticmemory.engine.EngineFixture.ANYONE;
import static dev.agenticmemory.engine.EngineFixture.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The rules of ranking, each through a search of a real store.
class RetrievalTest {

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

  private static SearchRequest request(String query, int topK, @Nullable String cursor) {
    return new SearchRequest(
        query, ALICE, null, new Selection.Runs.All(), topK, 0, Filter.ALL, null, false, cursor);
  }

  private List<Hit> hits(String query) {
    return engine.search.search(ANYONE, request(query, 10, null)).hits();
  }

  private static List<String> texts(List<Hit> hits) {
    return hits.stream().map(hit -> hit.memory().text()).toList();
  }

  private void said(String run, @Nullable Instant at, Input.Message... messages) {
    added(new Input.Messages(List.of(messages)), new RunId(run), at);
  }

  private void fact(String text, Instant at) {
    added(new Input.Text(text), null, at);
  }

  private void added(Input input, @Nullable RunId run, @Nullable Instant at) {
    AddRequest request =
        new AddRequest(input, ALICE, null, run, false, null, Metadata.EMPTY, at, null, null, null);
    var _ = engine.add.add(ANYONE, request);
  }

  private static Input.Message by(String name, String text) {
    return new Input.Message(Author.USER, text, name);
  }

  @Test
  void ofTwoThatSayItTheOneByTheNamedSpeakerComesFirst() {
    said("r", null, by("Ann", "I bought a kayak downtown"));
    said("s", null, by("Ben", "I bought a kayak uptown"));
    assertThat(texts(hits("Where did Ben buy a kayak")))
        .first()
        .isEqualTo("I bought a kayak uptown");
    assertThat(texts(hits("Where did Ann buy a kayak")))
        .first()
        .isEqualTo("I bought a kayak downtown");
  }

  @Test
  void anAnswerIsFoundByTheQuestionBeforeIt() {
    said("r", null, by("Ann", "Which instrument does your nephew play?"), by("Ben", "The oboe."));
    said("s", null, by("Ann", "Any plans?"), by("Ben", "The opera."));
    List<Hit> hits = hits("instrument nephew");
    assertThat(texts(hits)).contains("The oboe.").doesNotContain("The opera.");
    assertThat(hits)
        .filteredOn(hit -> hit.memory().text().equals("The oboe."))
        .allSatisfy(hit -> assertThat(hit.explanation().parts().context()).isPositive());
  }

  @Test
  void anotherRunIsNoNeighbour() {
    said("r", null, by("Ann", "Which instrument does your nephew play?"));
    said("s", null, by("Ben", "The oboe."));
    assertThat(texts(hits("instrument nephew"))).doesNotContain("The oboe.");
  }

  @Test
  void wordsThatStandSideBySideCountForMore() {
    engine.stored("The green tea is over there by the window");
    engine.stored("The green door hides some tea by the window");
    assertThat(texts(hits("green tea"))).first().asString().startsWith("The green tea");
  }

  @Test
  void aDateInTheQueryFindsWhatHappenedThen() {
    Stream.of("2024-01-05", "2024-03-09", "2024-05-20", "2024-08-02")
        .forEach(day ->
            said(
                day,
                Instant.parse(day + "T09:00:00Z"),
                by("Ann", "We visited a museum, number " + day.hashCode())));
    for (String query : List.of("museum on 9 March 2024", "museum in March", "2024年3月 museum")) {
      assertThat(hits(query).getFirst().memory().times().observed())
          .isEqualTo(Instant.parse("2024-03-09T09:00:00Z"));
    }
  }

  @Test
  void whatHappenedThenIsFoundWhateverItSays() {
    fact("Watered the plants", NOON.minusSeconds(86_400));
    for (int i = 2; i < 100; i++) {
      fact("Did nothing in particular, number " + i, NOON.minusSeconds(i * 86_400L));
    }
    assertThat(texts(hits("what did I do yesterday?"))).first().isEqualTo("Watered the plants");
  }

  @Test
  void whatIsPlannedForATimeIsNotWhatWasNotedThen() {
    fact("The dentist is booked for 12 May 2024", Instant.parse("2024-01-07T09:00:00Z"));
    fact("The piano was sold", Instant.parse("2024-05-03T09:00:00Z"));
    fact("Grandma likes tulips", Instant.parse("2023-02-03T09:00:00Z"));
    assertThat(texts(hits("what is booked in May?"))).first().asString().startsWith("The dentist");
  }

  @Test
  void aDocumentIsFoundByAnyPartOfIt() {
    String filler = "Nothing of interest was said about it at all. ".repeat(400);
    engine.stored(filler + "The plumber is called Quendelbaum. " + filler);
    engine.stored("My favourite wine is Riesling");
    assertThat(texts(hits("Quendelbaum"))).first().asString().contains("Quendelbaum");
  }

  @Test
  void yesterdayIsTheDayBeforeTheClock() {
    said("a", NOON.minusSeconds(86_400), by("Ann", "We had soup for lunch"));
    said("b", NOON.minusSeconds(20 * 86_400), by("Ann", "We had stew for lunch"));
    said("c", NOON.minusSeconds(30 * 86_400), by("Ann", "We had rice for lunch"));
    assertThat(texts(hits("lunch yesterday"))).first().isEqualTo("We had soup for lunch");
  }

  @Test
  void whatDiffersInCapitalsAndArticlesIsShownOnce() {
    engine.stored("Dana likes the green tea.");
    engine.stored("dana likes green tea");
    assertThat(hits("green tea")).hasSize(1);
  }

  @Test
  void aNegationIsNoNearDuplicate() {
    engine.stored("Dana likes green tea");
    engine.stored("Dana likes not green tea");
    assertThat(hits("green tea")).hasSize(2);
  }

  @Test
  void everyPassageOfThirtyPagesIsFound() {
    StringBuilder pages = new StringBuilder();
    for (int page = 1; page <= 30; page++) {
      pages.append("Page %d tells of the lighthouse keeper%d. ".formatted(page, page).repeat(5));
      pages.append("Nothing much happened on that day and the sea was calm. ".repeat(50));
    }
    engine.stored(pages.toString());
    engine.stored("The sea was rough.");
    for (int page = 1; page <= 30; page++) {
      List<Hit> hits = hits("lighthouse keeper%d page %d".formatted(page, page));
      assertThat(hits.getFirst().memory().text()).startsWith("Page 1 tells");
      assertThat(hits.getFirst().explanation().parts().meaning()).isGreaterThan(0.2);
    }
  }

  @Test
  void aLoneMemoryThatDoesNotAnswerScoresLow() {
    engine.stored("The harbour office keeps old maps of the town");
    assertThat(hits("Which maps did Bob draw of his garden"))
        .allSatisfy(hit -> assertThat(hit.score()).isLessThan(0.36));
  }

  @Test
  void aScoreDoesNotDependOnHowManyOthersThereAre() {
    engine.stored("The spare key hangs behind the aquarium");
    double alone = hits("spare key aquarium").getFirst().score();
    for (int i = 0; i < 60; i++) {
      engine.stored("Entry %d tells something else".formatted(i));
    }
    assertThat(hits("spare key aquarium").getFirst().score()).isCloseTo(alone, within(0.05));
  }

  @Test
  void pagesFollowEachOtherWithoutGapsOrRepeats() {
    for (int i = 0; i < 23; i++) {
      engine.stored("tea number " + i + " with milk".repeat(i % 3));
    }
    List<String> paged = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      Found found = engine.search.search(ANYONE, request("tea", 5, cursor));
      paged.addAll(EngineFixture.texts(found));
      cursor = found.nextCursor();
    } while (cursor != null);
    assertThat(paged).hasSize(23).doesNotHaveDuplicates();
    assertThat(paged)
        .isEqualTo(EngineFixture.texts(engine.search.search(ANYONE, request("tea", 100, null))));
  }

  @Test
  void aCursorOfAnotherQuestionIsRefused() {
    engine.stored("tea one");
    engine.stored("tea two");
    String cursor = engine.search.search(ANYONE, request("tea", 1, null)).nextCursor();
    assertThat(cursor).isNotNull();
    assertThatThrownBy(() -> engine.search.search(ANYONE, request("coffee", 1, cursor)))
        .isInstanceOf(InvalidInput.class);
    assertThatThrownBy(() -> engine.search.search(ANYONE, request("tea", 1, "nonsense")))
        .isInstanceOf(InvalidInput.class);
  }

  @Test
  void aRerankerDecidesTheOrder() {
    engine.stored("green tea");
    engine.stored("green tea with a lot of milk in a big cup");
    Found found = searchWith(texts -> texts.stream().map(t -> t.length() / 100.0).toList());
    assertThat(EngineFixture.texts(found)).first().asString().contains("milk");
    assertThat(found.note()).isNull();
    assertThat(found.hits().getFirst().explanation().reranked()).isNotNull();
  }

  @Test
  void whatTheRerankerRatesAlikeKeepsItsOrder() {
    engine.stored("green tea with a lot of milk in a big cup");
    engine.stored("green tea");
    List<String> without =
        EngineFixture.texts(refined(Refinement.NONE, request("green tea", 5, null)));
    Found found = searchWith(texts -> texts.stream().map(_ -> 0.5).toList());
    assertThat(EngineFixture.texts(found)).isEqualTo(without);
    assertThat(found.hits()).extracting(Hit::relevance).allMatch(score -> score > 0.45);
  }

  @Test
  void theRerankerReadsWhoSaidWhatWhenInItsOrder() {
    said("r", Instant.parse("2026-01-02T09:00:00Z"), by("Ann", "Green tea, please"));
    said("r", Instant.parse("2026-01-01T09:00:00Z"), by("Bob", "Do you drink green tea?"));
    List<String> read = new ArrayList<>();
    searchWith(texts -> {
      read.addAll(texts);
      return texts.stream().map(_ -> 0.5).toList();
    });
    assertThat(read)
        .containsExactly(
            "2026-01-01, Bob: Do you drink green tea?", "2026-01-02, Ann: Green tea, please");
  }

  @Test
  void ofALongTextTheRerankerReadsWhatWasAskedAbout() {
    engine.stored(
        "Coffee is not for me. ".repeat(50) + "I like green tea. " + "So it is. ".repeat(50));
    List<String> read = new ArrayList<>();
    searchWith(texts -> {
      read.addAll(texts);
      return texts.stream().map(_ -> 0.5).toList();
    });
    assertThat(read).singleElement().asString().contains("green tea").hasSizeLessThan(130);
  }

  @Test
  void withoutTheRerankerTheOrderStandsAndTheAnswerSaysSo() {
    engine.stored("green tea");
    engine.stored("green tea with a lot of milk in a big cup");
    Found found =
        searchWith(texts -> {
          throw new Unavailable("The reranker at x did not answer", "Check it.", null);
        });
    assertThat(EngineFixture.texts(found)).first().isEqualTo("green tea");
    assertThat(found.note()).contains("Not reranked");
  }

  private interface Scoring {
    List<Double> of(List<String> texts);
  }

  private Found searchWith(Scoring scoring) {
    Reranker reranker =
        new Reranker() {
          @Override
          public String name() {
            return "x";
          }

          @Override
          public int textCharsMax() {
            return 100;
          }

          @Override
          public int topN() {
            return 10;
          }

          @Override
          public List<Double> scores(String query, List<String> texts) {
            return scoring.of(texts);
          }
        };
    return refined(new Refinement(reranker, 0), request("green tea", 5, null));
  }

  private Found refined(Refinement refinement, SearchRequest request) {
    return new SearchMemories(
            engine.store,
            new Indexer(new HashEmbedder(256)),
            refinement,
            Clock.fixed(NOON, ZoneOffset.UTC))
        .search(ANYONE, request);
  }

  @Test
  void whereDiverseHitsAreWantedARepetitionComesLast() {
    engine.stored("Ann drinks green tea with milk every morning");
    engine.stored("Ann drinks green tea with milk each morning");
    engine.stored("Bob grows green tea");
    assertThat(refined(Refinement.NONE, request("green tea milk Ann", 5, null)).hits().get(1))
        .extracting(hit -> hit.memory().text(), hit -> hit.explanation().novelty())
        .containsExactly("Ann drinks green tea with milk each morning", 1.0);
    Found diverse = refined(new Refinement(null, 0.9), request("green tea milk Ann", 5, null));
    assertThat(EngineFixture.texts(diverse)).element(1).isEqualTo("Bob grows green tea");
    assertThat(diverse.hits())
        .last()
        .extracting(hit -> hit.explanation().novelty())
        .isNotEqualTo(1.0);
    assertThat(diverse.hits()).isSortedAccordingTo(Comparator.comparingDouble(hit -> -hit.score()));
  }

  @Test
  void pagesOfDiverseHitsHaveEachOnce() {
    for (int i = 0; i < 70; i++) {
      engine.stored("green tea number " + i + (i % 2 == 0 ? " from China" : " from Japan"));
    }
    List<String> diverse = paged(new Refinement(null, 0.5));
    assertThat(diverse)
        .hasSizeGreaterThan(50)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(paged(Refinement.NONE));
  }

  private List<String> paged(Refinement refinement) {
    List<String> paged = new ArrayList<>();
    String cursor = null;
    do {
      Found found = refined(refinement, request("green tea", 9, cursor));
      paged.addAll(EngineFixture.texts(found));
      cursor = found.nextCursor();
    } while (cursor != null);
    return paged;
  }
}
