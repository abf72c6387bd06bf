package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.CALLER;
import static dev.agenticmemory.engine.LifecycleFixture.DEV;
import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.store.Selection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SyncTest {

  private static final String NOTES =
      """
      # Long-term memory

      ## Person
      - Lives in Lisbon
      - Prefers tea

      ## Work
      - Uses Postgres for the launch
      """;

  @TempDir Path folder;
  private LifecycleFixture jobs;
  private final AskedModel model = new AskedModel();

  @BeforeEach
  void open() {
    jobs = new LifecycleFixture(folder);
  }

  @AfterEach
  void close() {
    jobs.close();
  }

  private JobReport sync(String notes) {
    jobs.write(jobs.notes(MAIN), notes);
    return jobs.lifecycle.sync().run(false, _ -> {});
  }

  @Test
  void eachItemBecomesALongTermMemoryOfItsAgent() {
    assertThat(sync(NOTES).count(Fate.ADDED)).isEqualTo(3);
    assertThat(jobs.longTerm())
        .containsExactly(
            "Person: Lives in Lisbon", "Person: Prefers tea", "Work: Uses Postgres for the launch");
    assertThat(jobs.memories(new Selection.Runs.LongTerm(), MAIN))
        .hasSize(3)
        .allMatch(memory -> memory.origin().source() == Source.SYNC);
  }

  @Test
  void whatIsUnchangedCostsNothing() {
    sync(NOTES);
    long revision = jobs.store.revision(null);
    JobReport again = sync(NOTES);
    assertThat(again.counts()).containsOnlyKeys(Fate.UNCHANGED);
    assertThat(jobs.store.revision(null)).isEqualTo(revision);
  }

  @Test
  void aChangedItemIsTheSameMemoryWithItsNewText() {
    sync(NOTES);
    Memory before = jobs.memories(new Selection.Runs.LongTerm(), MAIN).getFirst();
    assertThat(sync(NOTES.replace("Lisbon", "Porto")).count(Fate.UPDATED)).isEqualTo(1);
    Memory after = jobs.store.find(before.id()).orElseThrow();
    assertThat(after.text()).isEqualTo("Person: Lives in Porto");
    assertThat(jobs.store.history(before.id()).getLast().oldText())
        .isEqualTo("Person: Lives in Lisbon");
    assertThat(jobs.longTerm()).hasSize(3);
  }

  /// Defect 9: the file was sent whole after any change, and what was removed stayed remembered.
  @Test
  void defect9WhatIsRemovedFromTheNotesIsNoLongerRemembered() {
    sync(NOTES);
    JobReport report = sync(NOTES.substring(0, NOTES.indexOf("## Work")));
    assertThat(report.count(Fate.RETIRED)).isEqualTo(1);
    assertThat(report.count(Fate.UNCHANGED)).isEqualTo(2);
    assertThat(jobs.longTerm()).containsExactly("Person: Lives in Lisbon", "Person: Prefers tea");
  }

  @Test
  void defect9OnlyWhatChangedIsSentToTheModel() {
    try (LifecycleFixture asking = new LifecycleFixture(folder, model, UnaryOperator.identity())) {
      model.decides("Prefers", "NONE", 1, "");
      sync(NOTES);
      asking.lifecycle.sync().run(false, _ -> {});
      assertThat(model.questions()).isZero();
      asking.write(asking.notes(MAIN), NOTES.replace("Prefers tea", "Prefers tea to coffee"));
      JobReport report = asking.lifecycle.sync().run(false, _ -> {});
      assertThat(report.usage().calls()).isEqualTo(1);
      assertThat(model.asked()).containsExactly("Person: Prefers tea to coffee");
      asking.lifecycle.sync().run(false, _ -> {});
      assertThat(model.questions()).isEqualTo(1);
    }
  }

  @Test
  void whatTheModelMergedIsRetiredWithItsItem() {
    try (LifecycleFixture asking = new LifecycleFixture(folder, model, UnaryOperator.identity())) {
      sync(NOTES);
      model.decides("Prefers", "UPDATE", "Person: Prefers tea", "Person: Prefers green tea now");
      asking.write(asking.notes(MAIN), NOTES.replace("Prefers tea", "Prefers green tea"));
      asking.lifecycle.sync().run(false, _ -> {});
      assertThat(asking.longTerm()).contains("Person: Prefers green tea now").hasSize(3);
      asking.write(asking.notes(MAIN), NOTES.replace("- Prefers tea\n", ""));
      asking.lifecycle.sync().run(false, _ -> {});
      assertThat(asking.longTerm())
          .containsExactly("Person: Lives in Lisbon", "Work: Uses Postgres for the launch");
    }
  }

  @Test
  void whileTheModelIsDownEverythingStaysAsItIsAndIsDoneLater() {
    try (LifecycleFixture asking = new LifecycleFixture(folder, model, UnaryOperator.identity())) {
      sync(NOTES);
      model.isDown(true);
      asking.write(asking.notes(MAIN), NOTES.replace("Prefers tea", "Prefers coffee"));
      JobReport report = asking.lifecycle.sync().run(false, _ -> {});
      assertThat(report.count(Fate.FAILED)).isEqualTo(1);
      assertThat(report.isClean()).isFalse();
      assertThat(asking.longTerm()).contains("Person: Prefers tea").hasSize(3);
      model.isDown(false);
      asking.lifecycle.sync().run(false, _ -> {});
      assertThat(asking.longTerm()).contains("Person: Prefers coffee").hasSize(3);
    }
  }

  @Test
  void whatAnotherAgentKeepsIsUntouched() {
    jobs.write(jobs.notes(DEV), "- Dev's own note\n");
    sync(NOTES);
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).containsExactly("Dev's own note");
  }

  @Test
  void whatSomebodyHasChangedSinceIsTheirs() {
    sync(NOTES);
    Memory first = jobs.memories(new Selection.Runs.LongTerm(), MAIN).getFirst();
    jobs.engine.oneMemory().update(CALLER, first.id(), "Lives in Lisbon, Alfama", null);
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).containsExactly("Lives in Lisbon, Alfama");
  }

  @Test
  void whatAnAddWasToldIsStoredAlreadyOutlivesItsNote() {
    sync(NOTES);
    jobs.longTerm("Person: Prefers tea");
    sync(NOTES.replace("- Prefers tea\n", ""));
    assertThat(jobs.longTerm()).contains("Person: Prefers tea").hasSize(3);
  }

  @Test
  void whatWasSaidByOthersIsNotTheNotesAgainBecauseItsItemMoves() {
    sync(NOTES);
    jobs.longTerm("Person: Prefers tea");
    sync(NOTES.replace("- Prefers tea", "- Prefers  tea"));
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).containsExactly("Person: Prefers tea");
  }

  @Test
  void whatAnArchivedMemoryWasKnownByOutlivesItsNote() {
    sync(NOTES);
    jobs.shortTerm("2026-02-20", "Person: Prefers tea");
    jobs.dream();
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).containsExactly("Person: Prefers tea");
  }

  @Test
  void whatAMergedMemoryWentIntoOutlivesItsNote() {
    sync(NOTES);
    jobs.longTerm("person: prefers TEA.");
    jobs.dream();
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).hasSize(1);
  }

  @Test
  void aDeletedMemoryStaysAwayWhileTheNotesStillHoldIt() {
    sync(NOTES);
    Memory first = jobs.memories(new Selection.Runs.LongTerm(), MAIN).getFirst();
    jobs.engine.oneMemory().delete(CALLER, first.id());
    sync(NOTES + "- And Rust\n");
    sync("## Other\n- thing\n");
    sync(NOTES);
    assertThat(jobs.longTerm())
        .containsExactlyInAnyOrder("Person: Prefers tea", "Work: Uses Postgres for the launch");
  }

  /// With an item that is long enough to be known by its words alone.
  private static final String LISBON =
      NOTES.replace("Lives in Lisbon", "Lives in Lisbon since the year 2020");

  private void deleteFirst() {
    Memory first = jobs.memories(new Selection.Runs.LongTerm(), MAIN).getFirst();
    assertThat(first.text()).startsWith("Person: Lives in Lisbon");
    jobs.engine.oneMemory().delete(CALLER, first.id());
  }

  @Test
  void aDeletedMemoryStaysAwayAlsoWhenItsSectionIsRenamed() {
    sync(LISBON);
    deleteFirst();
    assertThat(sync(LISBON.replace("## Person", "## About me")).count(Fate.FORGOTTEN)).isEqualTo(1);
    sync(LISBON.replace("## Person", "## Me"));
    assertThat(jobs.longTerm())
        .containsExactlyInAnyOrder("Me: Prefers tea", "Work: Uses Postgres for the launch");
  }

  @Test
  void aDeletedMemoryStaysAwayAlsoWhenItsItemIsMovedAtOnceOrLater() {
    sync(LISBON);
    deleteFirst();
    String cut = LISBON.replace("- Lives in Lisbon since the year 2020\n", "");
    sync(cut + "- Lives in Lisbon since the year 2020\n");
    sync(cut + "- And Rust\n");
    sync(cut + "- And Rust\n\n## Home\n- Lives in Lisbon since the year 2020\n");
    assertThat(jobs.longTerm())
        .containsExactlyInAnyOrder(
            "Person: Prefers tea", "Work: Uses Postgres for the launch", "Work: And Rust");
  }

  @Test
  void allOfADeletedUserStaysAwayAlsoWhenSectionsAreRenamed() {
    String notes =
        "## Person\n- Lives in Lisbon since the year 2020\n- Prefers tea to any coffee\n";
    sync(notes);
    jobs.engine.deleteMemories().byUser(CALLER, LifecycleFixture.ALICE, false);
    JobReport report = sync(notes.replace("## Person", "## Me"));
    assertThat(report.count(Fate.FORGOTTEN)).isEqualTo(2);
    assertThat(jobs.longTerm()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Lives in Porto since the year 2020",
        "Lives in Lisbon since the year 2020, in Alfama"
      })
  void aDeletedItemThatIsCorrectedOrExtendedIsTaken(String item) {
    sync(LISBON);
    deleteFirst();
    sync(LISBON.replace("Lives in Lisbon since the year 2020", item));
    assertThat(jobs.longTerm()).contains("Person: " + item).hasSize(3);
  }

  @ParameterizedTest
  @MethodSource("dev.agenticmemory.engine.LifecycleFixture#newTexts")
  void whatIsNewIsTakenHoweverADeletedTextBegan(String deleted, String written) {
    sync(deleted);
    jobs.memories(new Selection.Runs.LongTerm(), MAIN)
        .forEach(memory -> jobs.engine.oneMemory().delete(CALLER, memory.id()));
    assertThat(sync(written).count(Fate.ADDED)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("dev.agenticmemory.engine.LifecycleFixture#newTexts")
  void whatIsNewIsTakenAfterAllOfAUserWasDeleted(String deleted, String written) {
    sync(deleted);
    jobs.engine.deleteMemories().byUser(CALLER, LifecycleFixture.ALICE, false);
    assertThat(sync(written).count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void itIsSaidHowManyItemsWereKeptAway() {
    sync(LISBON);
    deleteFirst();
    jobs.write(jobs.notes(MAIN), LISBON.replace("## Person", "## Me"));
    List<String> said = new ArrayList<>();
    jobs.lifecycle.sync().run(false, said::add);
    assertThat(said)
        .contains("main, notes: 1 kept away, which were deleted from memory")
        .noneMatch(line -> line.contains("Lisbon"));
  }

  @Test
  void threeThousandDeletedItemsStayAwayBelowAnotherHeading() {
    String items =
        IntStream.range(0, 3_000)
            .mapToObj("- Is called number %d by some people\n"::formatted)
            .collect(Collectors.joining());
    sync("## Names\n" + items);
    jobs.engine.deleteMemories().byUser(CALLER, LifecycleFixture.ALICE, false);
    assertThat(sync("## Called\n" + items).count(Fate.FORGOTTEN)).isEqualTo(3_000);
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).isEmpty();
  }

  @Test
  void theSameWordsElsewhereAreTakenWhileTheDeletedItemStandsThereStill() {
    sync(LISBON);
    deleteFirst();
    sync(LISBON + "\n## Bob\n- Lives in Lisbon since the year 2020\n");
    assertThat(jobs.longTerm()).contains("Bob: Lives in Lisbon since the year 2020").hasSize(3);
  }

  @Test
  void anotherThatSyncsAtTheSameTimeLosesNothing() {
    // While the first is being judged, another process syncs a newer file.
    sync(NOTES);
    model.meanwhile(() -> sync(NOTES.replace("tea", "green tea") + "- And Rust\n"));
    try (LifecycleFixture other = new LifecycleFixture(folder, model, UnaryOperator.identity())) {
      other.write(other.notes(MAIN), NOTES.replace("tea", "green tea"));
      assertThat(other.lifecycle.sync().run(false, _ -> {}).isClean()).isTrue();
    }
    assertThat(jobs.longTerm())
        .containsExactlyInAnyOrder(
            "Person: Lives in Lisbon",
            "Person: Prefers green tea",
            "Work: Uses Postgres for the launch",
            "Work: And Rust");
    sync("# Empty now\n");
    assertThat(jobs.longTerm()).isEmpty();
  }

  @Test
  void aFileThatIsNotThereSaysNothing() throws java.io.IOException {
    sync(NOTES);
    java.nio.file.Files.delete(jobs.notes(MAIN));
    jobs.lifecycle.sync().run(false, _ -> {});
    assertThat(jobs.longTerm()).hasSize(3);
  }

  @Test
  void aFileThatIsBeingWrittenIsReadNextTime() {
    sync(NOTES);
    jobs.write(jobs.notes(MAIN), "", jobs.now());
    assertThat(jobs.lifecycle.sync().run(false, _ -> {}).count(Fate.WAITING)).isEqualTo(1);
    assertThat(jobs.longTerm()).hasSize(3);
  }

  @Test
  void aDryRunChangesNothing() {
    jobs.write(jobs.notes(MAIN), NOTES);
    assertThat(jobs.lifecycle.sync().run(true, _ -> {}).count(Fate.ADDED)).isEqualTo(3);
    assertThat(jobs.longTerm()).isEmpty();
  }
}
