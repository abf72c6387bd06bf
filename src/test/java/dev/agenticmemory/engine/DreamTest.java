package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.ALICE;
import static dev.agenticmemory.engine.LifecycleFixture.CALLER;
import static dev.agenticmemory.engine.LifecycleFixture.DAY;
import static dev.agenticmemory.engine.LifecycleFixture.DEV;
import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static dev.agenticmemory.engine.LifecycleFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DreamTest {

  private static final String OLD = "2026-02-20";

  @TempDir Path folder;
  private final AskedModel model = new AskedModel();

  private LifecycleFixture silent() {
    return new LifecycleFixture(folder);
  }

  private LifecycleFixture asking() {
    return asking(model);
  }

  private LifecycleFixture asking(@Nullable LanguageModel with) {
    return new LifecycleFixture(folder, with, UnaryOperator.identity());
  }

  /// Defect 1 of the original service: the item found itself, so it was NONE, and was deleted.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void defect1AShortTermMemoryIsNeverItsOwnNeighbour(boolean withModel) {
    model.decides("Lisbon", "NONE", 1, "");
    try (LifecycleFixture jobs = asking(withModel ? model : null)) {
      Memory old = jobs.shortTerm(OLD, "User lives in Lisbon");
      jobs.dream();
      assertThat(jobs.longTerm()).containsExactly("User lives in Lisbon");
      assertThat(jobs.store.find(old.id())).isEmpty();
      Memory now = jobs.memories(new Selection.Runs.LongTerm(), null).getFirst();
      HistoryEntry end = jobs.store.history(old.id()).getLast();
      assertThat(end.related()).isEqualTo(now.id());
      assertThat(end.reason()).isEqualTo("archived: is the long-term memory " + now.id());
    }
  }

  /// Whoever runs a dream alone, every night, learns of it by its report and its exit code.
  @Test
  void whatItsDigestLeftUndoneTheDreamLeftUndoneToo() throws IOException {
    try (LifecycleFixture jobs = silent()) {
      jobs.writeTooLarge(jobs.diary(DEV, DAY));
      jobs.shortTerm(OLD, "User lives in Lisbon");
      JobReport report = jobs.dream();
      assertThat(report.isClean()).isFalse();
      assertThat(report.count(Fate.FAILED)).isEqualTo(1);
      assertThat(report.troubles())
          .isEqualTo(jobs.lifecycle.reports().last(Job.DIGEST, 1).getFirst().troubles());
      assertThat(jobs.longTerm()).containsExactly("User lives in Lisbon");
    }
  }

  /// Its vectors are in the store, and making them again was most of a night's work.
  @Test
  void whatIsArchivedIsNotEmbeddedAgain() {
    try (LifecycleFixture jobs = silent()) {
      for (int i = 0; i < 30; i++) {
        jobs.shortTerm(OLD, "Item %d is on the list".formatted(i), i % 2 == 0 ? MAIN : DEV, null);
      }
      jobs.embedder.down = true;
      assertThat(jobs.dream().count(Fate.ARCHIVED)).isEqualTo(30);
      assertThat(jobs.longTerm()).hasSize(30);
    }
  }

  @Test
  void aDamagedMemoryKeepsNobodyFromDeletingWhatItWentInto() throws SQLException {
    try (LifecycleFixture jobs = silent()) {
      Memory old = jobs.shortTerm(OLD, "User lives in Lisbon");
      jobs.dream();
      Memory now = jobs.memories(new Selection.Runs.LongTerm(), null).getFirst();
      try (Connection connection =
              DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("memories.db"));
          Statement statement = connection.createStatement()) {
        statement.execute(
            "UPDATE memory SET valid_until = NULL, metadata = 'broken' WHERE id = '%s'"
                .formatted(old.id()));
      }
      assertThatThrownBy(() -> jobs.store.find(old.id())).isInstanceOf(Unavailable.class);
      jobs.engine.oneMemory().delete(LifecycleFixture.CALLER, now.id());
      assertThat(jobs.longTerm()).isEmpty();
      assertThat(jobs.store.find(old.id())).isEmpty();
    }
  }

  /// Defect 2: "no run" meant all runs.
  @Test
  void defect2LongTermMemoryHoldsNoShortTermOnes() {
    try (LifecycleFixture jobs = silent()) {
      jobs.shortTerm("2026-02-28", "User likes tea");
      jobs.longTerm("User likes tea");
      jobs.dream();
      assertThat(jobs.longTerm()).containsExactly("User likes tea");
      assertThat(jobs.texts(LocalDate.parse("2026-02-28"))).containsExactly("User likes tea");
    }
  }

  /// Defect 3: an experience was a copy that its reader could not see.
  @Test
  void defect3AnArchivedExperienceIsOneRecordThatEveryAgentSees() {
    try (LifecycleFixture jobs = silent()) {
      jobs.shortTerm(OLD, "Restart the proxy after a key change", MAIN, "experience");
      jobs.dream();
      Selection seenByDev =
          new Selection(
              ALICE,
              DEV,
              new Selection.Runs.LongTerm(),
              Sharing.USER,
              new Selection.Moment.Live(jobs.now()),
              Filter.ALL);
      List<Memory> seen = jobs.store.list(seenByDev, new Window(null, 0, 10));
      assertThat(seen)
          .singleElement()
          .satisfies(memory -> {
            assertThat(memory.scope().agent()).isEqualTo(MAIN);
            assertThat(memory.content().category()).isEqualTo("experience");
          });
      assertThat(jobs.longTerm()).hasSize(1);
    }
  }

  @Test
  void aPrivateMemoryIsNeverMergedIntoASharedOne() {
    try (LifecycleFixture jobs = asking()) {
      jobs.keep("Restart the proxy after a key change", MAIN, null, "experience", null);
      model.decides("salary", "UPDATE", 1, "Restart the proxy after a key change; salary is 90k");
      jobs.shortTerm(OLD, "Restart the proxy after a key change, my salary is 90k");
      jobs.dream();
      assertThat(jobs.memories(new Selection.Runs.LongTerm(), null))
          .filteredOn(memory -> memory.content().shared())
          .extracting(Memory::text)
          .containsExactly("Restart the proxy after a key change");
      assertThat(jobs.longTerm()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"User likes tea", "user likes tea."})
  void whatStaysIsNotHeldByWhatExpires(String said) {
    try (LifecycleFixture jobs = silent()) {
      jobs.keep("User likes tea", MAIN, null, null, jobs.now().plus(Duration.ofDays(1)));
      jobs.shortTerm(OLD, said);
      jobs.dream();
      jobs.pass(Duration.ofDays(2));
      jobs.dream();
      assertThat(jobs.longTerm()).containsExactly(said);
    }
  }

  @Test
  void ofTwoThatSayTheSameTheLongerLivedIsNotLost() {
    try (LifecycleFixture jobs = silent()) {
      Instant soon = jobs.now().plus(Duration.ofDays(1));
      jobs.keep("user likes tea.", MAIN, new RunId(OLD), null, soon);
      jobs.shortTerm(OLD, "User likes tea");
      jobs.dream();
      jobs.pass(Duration.ofDays(2));
      assertThat(jobs.longTerm()).containsExactly("User likes tea");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"DELETE", "UPDATE"})
  void whatIsSaidAgainIsNotEndedByWhatIsSaidBesideIt(String event) {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("User lives in Berlin");
      model.decides("moved", event, "User lives in Berlin", "User moved away from Berlin");
      jobs.shortTerm(OLD, "User moved away from Berlin, lives elsewhere");
      jobs.shortTerm(OLD, "User lives in Berlin");
      jobs.dream();
      assertThat(jobs.longTerm())
          .containsExactlyInAnyOrder(
              "User lives in Berlin", "User moved away from Berlin, lives elsewhere");
    }
  }

  @Test
  void aFactIsNotLostBecauseTheModelPutsItIntoDeletedWords() {
    try (LifecycleFixture jobs = asking()) {
      Memory gone = jobs.longTerm("User likes black tea");
      jobs.engine.oneMemory().delete(CALLER, gone.id());
      jobs.longTerm("User likes tea");
      model.decides("milk", "UPDATE", "User likes tea", "User likes black tea");
      jobs.shortTerm(OLD, "User likes black tea with milk");
      jobs.dream();
      assertThat(jobs.longTerm())
          .containsExactlyInAnyOrder("User likes tea", "User likes black tea with milk");
    }
  }

  @Test
  void whatItsUserDeletedIsInNoHistoryOfWhatWasArchived() {
    try (LifecycleFixture jobs = silent()) {
      Memory again = jobs.shortTerm(OLD, "User likes tea");
      Memory gone = jobs.longTerm("User likes tea");
      jobs.engine.oneMemory().delete(CALLER, gone.id());
      assertThat(jobs.dream().count(Fate.FORGOTTEN)).isEqualTo(1);
      assertThat(jobs.texts()).isEmpty();
      assertThat(jobs.store.history(again.id()))
          .allMatch(entry -> entry.oldText() == null && entry.newText() == null);
    }
  }

  /// Defect 4: only items of exactly seven days ago, and only the first 100 of them.
  @Test
  void defect4EverythingThatIsOldEnoughIsArchivedAlsoAfterMissedNights() {
    try (LifecycleFixture jobs = silent()) {
      for (int i = 0; i < 250; i++) {
        jobs.shortTerm("2026-02-%02d".formatted(10 + i % 12), "Fact number " + i + " of many");
      }
      jobs.shortTerm("2026-02-22", "Seven days ago");
      jobs.shortTerm("2026-02-23", "Six days ago");
      JobReport report = jobs.dream();
      assertThat(report.count(Fate.ARCHIVED)).isEqualTo(251);
      assertThat(jobs.longTerm()).hasSize(251).contains("Seven days ago");
      assertThat(jobs.texts()).contains("Six days ago").hasSize(252);
    }
  }

  @Test
  void aRunThatIsNoDateIsAsOldAsItsMemories() {
    try (LifecycleFixture jobs = silent()) {
      jobs.shortTerm("session-1", "Said in a session");
      jobs.dream();
      assertThat(jobs.longTerm()).isEmpty();
      jobs.pass(Duration.ofDays(7));
      jobs.dream();
      assertThat(jobs.longTerm()).containsExactly("Said in a session");
    }
  }

  @Test
  void eachDecisionOfTheModelIsDoneInOneChangeWithTheEndOfTheShortTermMemory() {
    try (LifecycleFixture jobs = asking()) {
      Memory city = jobs.longTerm("User lives in Berlin");
      Memory tea = jobs.longTerm("User drinks green tea");
      Memory dog = jobs.longTerm("User has a dog named Rex");
      model.decides(
          "moved", "UPDATE", "User lives in Berlin", "User lives in Lisbon, moved from Berlin");
      model.decides("green tea", "NONE", "User drinks green tea", "");
      model.decides("no dog", "DELETE", "User has a dog named Rex", "");
      Memory moved = jobs.shortTerm(OLD, "User moved from Berlin to Lisbon, lives there");
      Memory drinks = jobs.shortTerm(OLD, "User drinks green tea every day");
      Memory noDog = jobs.shortTerm(OLD, "User has no dog named Rex any more");
      Memory chess = jobs.shortTerm(OLD, "Carla plays chess");
      JobReport report = jobs.dream();
      assertThat(jobs.longTerm())
          .containsExactlyInAnyOrder(
              "User lives in Lisbon, moved from Berlin",
              "User drinks green tea",
              "Carla plays chess");
      assertThat(end(jobs, moved))
          .isEqualTo("archived: merged into the long-term memory " + city.id());
      assertThat(end(jobs, drinks))
          .isEqualTo("archived: known already by the long-term memory " + tea.id());
      assertThat(end(jobs, noDog)).isEqualTo("archived: ended the long-term memory " + dog.id());
      assertThat(end(jobs, chess)).startsWith("archived: is the long-term memory ");
      assertThat(report.count(Fate.ARCHIVED)).isEqualTo(4);
      assertThat(report.usage().calls()).isEqualTo(1);
      assertThat(jobs.lifecycle.reports().last(Job.DREAM, 1)).containsExactly(report);
    }
  }

  private static String end(LifecycleFixture jobs, Memory memory) {
    return jobs.store.history(memory.id()).getLast().reason();
  }

  @Test
  void manyAreWeighedInFewQuestions() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("User likes tea of kind 0");
      for (int i = 1; i <= 60; i++) {
        jobs.shortTerm(OLD, "User likes tea of kind " + i);
      }
      JobReport report = jobs.dream();
      assertThat(report.count(Fate.ARCHIVED)).isEqualTo(60);
      assertThat(report.usage().calls()).isBetween(3L, 10L);
    }
  }

  @Test
  void whileTheModelIsDownEverythingStaysWhereItIsAndIsDoneLater() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("User likes tea");
      jobs.shortTerm(OLD, "User likes green tea");
      jobs.write(
          jobs.diary(MAIN, DAY.minusDays(1)), entry("10:00", "- Boss: my sister lives in Porto"));
      model.isDown(true);
      JobReport down = jobs.dream();
      assertThat(down.isClean()).isFalse();
      assertThat(jobs.texts()).hasSize(3);
      assertThat(jobs.longTerm()).containsExactly("User likes tea");
      model.isDown(false);
      JobReport up = jobs.dream();
      assertThat(up.isClean()).isTrue();
      assertThat(jobs.longTerm())
          .containsExactlyInAnyOrder(
              "User likes tea", "User likes green tea", "User: my sister lives in Porto");
    }
  }

  @Test
  void whatNoModelCanAnswerKeepsNothingElseWaiting() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("Something of kind 0 is liked");
      model.isSpoiledBy("poison");
      for (int day = 1; day <= 8; day++) {
        String run = "2026-02-%02d".formatted(day);
        jobs.shortTerm(run, "Something of kind poison " + day + " is liked");
        for (int i = 0; i < 5; i++) {
          jobs.shortTerm(run, "Something of kind %d-%d is liked".formatted(day, i));
        }
      }
      JobReport report = jobs.dream();
      assertThat(report.count(Fate.ARCHIVED)).isEqualTo(40);
      assertThat(report.count(Fate.FAILED)).isEqualTo(8);
      assertThat(jobs.texts()).filteredOn(text -> text.contains("poison")).hasSize(8);
    }
  }

  @Test
  void aModelThatIsDownIsNotAskedAThousandTimes() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("Something of kind 0 is liked");
      for (int i = 1; i <= 300; i++) {
        jobs.shortTerm(
            "2026-02-%02d".formatted(1 + i % 20), "Something of kind " + i + " is liked");
      }
      model.isDown(true);
      jobs.dream();
      assertThat(model.questions()).isLessThanOrEqualTo(5);
      assertThat(jobs.texts()).hasSize(301);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSecondRunChangesNothingAndAsksNothing(boolean withModel) {
    try (LifecycleFixture jobs = asking(withModel ? model : null)) {
      jobs.longTerm("User likes tea");
      jobs.longTerm("User likes tea a lot");
      jobs.shortTerm(OLD, "User likes green tea");
      jobs.shortTerm("2026-02-28", "User likes black tea");
      jobs.write(
          jobs.diary(MAIN, DAY.minusDays(1)), entry("10:00", "- Boss: my sister lives in Porto"));
      jobs.dream();
      long revision = jobs.store.revision(null);
      int questions = model.questions();
      JobReport second = jobs.dream();
      assertThat(second.counts()).isEmpty();
      assertThat(second.usage().calls()).isZero();
      assertThat(model.questions()).isEqualTo(questions);
      assertThat(jobs.store.revision(null)).isEqualTo(revision);
    }
  }

  @Test
  void yesterdaysDiaryIsDistilledAndItsEntriesStayForAWeek() {
    LocalDate yesterday = DAY.minusDays(1);
    try (LifecycleFixture jobs = asking()) {
      jobs.write(
          jobs.diary(MAIN, yesterday),
          entry("10:00", "- Boss: my sister lives in Porto", "- main: Noted, in Porto."));
      jobs.write(jobs.diary(MAIN, DAY), entry("09:00", "- Boss: today is not over yet"));
      jobs.dream();
      Memory fact = jobs.memories(new Selection.Runs.LongTerm(), MAIN).getFirst();
      assertThat(fact.text()).isEqualTo("User: my sister lives in Porto");
      assertThat(fact.origin().source()).isEqualTo(Source.DREAM);
      assertThat(fact.origin().author()).isEqualTo(Author.USER);
      assertThat(jobs.texts(yesterday)).hasSize(1);
      assertThat(jobs.longTerm()).hasSize(1);
    }
  }

  @Test
  void withoutAModelNoRawDiaryGoesStraightIntoLongTerm() {
    try (LifecycleFixture jobs = silent()) {
      jobs.write(
          jobs.diary(MAIN, DAY.minusDays(1)), entry("10:00", "- Boss: my sister lives in Porto"));
      jobs.dream();
      assertThat(jobs.longTerm()).isEmpty();
      assertThat(jobs.texts()).hasSize(1);
    }
  }

  @Test
  void aDeletedEntryIsNotDistilledWhileTheDiaryStillHoldsIt() {
    LocalDate yesterday = DAY.minusDays(1);
    try (LifecycleFixture jobs = asking()) {
      jobs.write(jobs.diary(MAIN, yesterday), entry("10:00", "- Boss: my sister lives in Porto"));
      jobs.digest();
      jobs.memories(new Selection.Runs.All(), null)
          .forEach(memory -> jobs.engine.oneMemory().delete(CALLER, memory.id()));
      jobs.dream();
      jobs.pass(Duration.ofDays(10));
      jobs.dream();
      assertThat(jobs.texts()).isEmpty();
    }
  }

  @Test
  void aDeletedFactComesBackNeitherByDistillingNorByArchiving() {
    LocalDate yesterday = DAY.minusDays(1);
    try (LifecycleFixture jobs = asking()) {
      jobs.write(jobs.diary(MAIN, yesterday), entry("10:00", "- Boss: my sister lives in Porto"));
      jobs.dream();
      Memory fact = jobs.memories(new Selection.Runs.LongTerm(), null).getFirst();
      jobs.engine.oneMemory().delete(CALLER, fact.id());
      jobs.dream();
      assertThat(jobs.longTerm()).isEmpty();
      jobs.pass(Duration.ofDays(10));
      jobs.dream();
      assertThat(jobs.texts()).isEmpty();
    }
  }

  @Test
  void whoDeletesAnArchivedMemoryDeletesItsTextFromTheDisk() throws Exception {
    try (LifecycleFixture jobs = silent()) {
      jobs.shortTerm(OLD, "The treasure is under the oak");
      jobs.dream();
      Memory archived = jobs.memories(new Selection.Runs.LongTerm(), null).getFirst();
      jobs.engine.oneMemory().delete(CALLER, archived.id());
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
          assertThat(bytes).as(file.toString()).doesNotContain("under the oak");
        }
      }
      assertThat(jobs.texts()).isEmpty();
    }
  }

  @Test
  void longTermMemoriesThatSayTheSameAreMergedWithoutAModelOnlyWhereThatIsCertain() {
    try (LifecycleFixture jobs = silent()) {
      Memory first = jobs.longTerm("User has a blue car");
      Memory second = jobs.longTerm("user has a blue car.");
      jobs.longTerm("User has a blue car and a bike");
      JobReport report = jobs.dream();
      assertThat(report.count(Fate.MERGED)).isEqualTo(1);
      assertThat(jobs.longTerm())
          .containsExactly("User has a blue car", "User has a blue car and a bike");
      assertThat(jobs.store.history(second.id()).getLast().related()).isEqualTo(first.id());
    }
  }

  @Test
  void longTermMemoriesThatSayNearlyTheSameAreMergedByJudgement() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("User has a blue car from 2019");
      jobs.longTerm("User has a blue car from 2019 named Rosa");
      jobs.longTerm("User has a blue car from 2019 and it is electric");
      model.decides("Rosa", "UPDATE", 1, "User has a blue car from 2019 named Rosa");
      model.decides("electric", "ADD", 0, "");
      assertThat(jobs.dream().count(Fate.MERGED)).isEqualTo(1);
      assertThat(jobs.longTerm())
          .containsExactly(
              "User has a blue car from 2019 named Rosa",
              "User has a blue car from 2019 and it is electric");
    }
  }

  @Test
  void whatHasExpiredIsPurged() {
    try (LifecycleFixture jobs = silent()) {
      AddRequest parking =
          new AddRequest(
              new Input.Text("Parked on level 3"),
              null,
              null,
              null,
              false,
              null,
              Metadata.EMPTY,
              null,
              jobs.now().plusSeconds(60),
              null,
              null);
      Memory memory =
          jobs.store
              .find(jobs.engine.addMemory().add(CALLER, parking).items().getFirst().id())
              .orElseThrow();
      jobs.pass(Duration.ofMinutes(1));
      assertThat(jobs.dream().count(Fate.PURGED)).isEqualTo(1);
      assertThat(jobs.store.find(memory.id())).isEmpty();
      assertThat(jobs.store.history(memory.id()))
          .allMatch(entry -> entry.newText() == null)
          .extracting(HistoryEntry::event)
          .endsWith(Event.DELETE);
    }
  }

  @Test
  void everyUsersMemoriesAreArchivedAndNeverMixed() {
    try (LifecycleFixture jobs = silent()) {
      for (String user : List.of("bob", "carla")) {
        AddRequest request =
            new AddRequest(
                new Input.Text("Likes tea"),
                new UserId(user),
                null,
                new RunId(OLD),
                false,
                null,
                Metadata.EMPTY,
                null,
                null,
                null,
                null);
        var _ = jobs.engine.addMemory().add(CALLER, request);
      }
      assertThat(jobs.dream().count(Fate.ADDED)).isEqualTo(2);
    }
  }

  @Test
  void aDryRunChangesNothingAndAsksNothing() {
    try (LifecycleFixture jobs = asking()) {
      jobs.longTerm("User likes tea");
      jobs.shortTerm(OLD, "User likes green tea");
      JobReport dry = jobs.lifecycle.dream().run(true, _ -> {});
      assertThat(dry.count(Fate.ARCHIVED)).isEqualTo(1);
      assertThat(model.questions()).isZero();
      assertThat(jobs.texts()).hasSize(2);
      assertThat(jobs.lifecycle.reports().last(Job.DREAM, 1)).isEmpty();
    }
  }

  /// Wherever a night ends, the next one goes on, and the result is the same.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterAKillBetweenAnyTwoStepsTheNextRunGoesOn(boolean after) {
    int step = 1;
    boolean killed = true;
    while (killed && step < 400) {
      killed = killedAt(folder.resolve("s" + step), step, after);
      step += 3;
    }
    assertThat(killed).as("a night ends").isFalse();
    assertThat(step).as("a night has steps").isGreaterThan(30);
  }

  private static boolean killedAt(Path home, int step, boolean after) {
    AskedModel rules = new AskedModel();
    rules.decides("green", "UPDATE", "User likes tea", "User likes green tea");
    try (LifecycleFixture first = new LifecycleFixture(home)) {
      first.longTerm("User likes tea");
      first.shortTerm(OLD, "User likes green tea");
      first.shortTerm(OLD, "Carla plays chess");
      first.write(
          first.diary(MAIN, DAY.minusDays(1)), entry("10:00", "- Boss: my sister lives in Porto"));
    }
    boolean killed = false;
    try (LifecycleFixture dying = new LifecycleFixture(home, rules, DyingStore.at(step, after))) {
      dying.dream();
    } catch (DyingStore.Killed _) {
      killed = true;
    }
    try (LifecycleFixture next = new LifecycleFixture(home, rules, UnaryOperator.identity())) {
      next.dream();
      assertThat(next.longTerm())
          .as("after a kill at step %d", step)
          .containsExactlyInAnyOrder(
              "User likes green tea", "Carla plays chess", "User: my sister lives in Porto");
      assertThat(next.dream().counts()).isEmpty();
    }
    return killed;
  }
}
