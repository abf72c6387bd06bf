package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.DAY;
import static dev.agenticmemory.engine.LifecycleFixture.DEV;
import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static dev.agenticmemory.engine.LifecycleFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Selection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DigestTest {

  private static final String ONE = entry("09:00", "- Boss: one");
  private static final String TWO = entry("10:00", "- Boss: two");
  private static final String THREE = entry("11:00", "- Boss: three");

  @TempDir Path folder;
  private LifecycleFixture jobs;
  private Path diary;

  @BeforeEach
  void open() {
    jobs = new LifecycleFixture(folder);
    diary = jobs.diary(MAIN, DAY);
  }

  @AfterEach
  void close() {
    jobs.close();
  }

  @Test
  void eachEntryBecomesAShortTermMemoryOfItsDayAndAgent() {
    jobs.write(diary, ONE + TWO);
    jobs.write(jobs.diary(DEV, DAY.minusDays(1)), entry("23:59", "- Boss: late"));
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(3);
    assertThat(jobs.texts(DAY)).containsExactly("[09:00]\n- Boss: one", "[10:00]\n- Boss: two");
    Memory late = jobs.memories(new Selection.Runs.All(), DEV).getFirst();
    assertThat(late.scope().run()).isEqualTo(new RunId("2026-02-28"));
    assertThat(late.scope().agent()).isEqualTo(DEV);
    assertThat(late.origin().source()).isEqualTo(Source.DIGEST);
    assertThat(late.times().observed()).isEqualTo(Instant.parse("2026-02-28T23:59:00Z"));
  }

  @Test
  void aFolderThatIsNotThereIsNotedInTheReportAndIsNoFailure() {
    jobs.write(diary, ONE);
    for (JobReport report : List.of(jobs.digest(), jobs.lifecycle.sync().run(false, _ -> {}))) {
      assertThat(report.isClean()).isTrue();
      assertThat(report.notes())
          .containsExactly(
              "MEMORY_WORKSPACES: dev has no folder " + folder.resolve("dev"),
              "MEMORY_WORKSPACES: ops has no folder " + folder.resolve("ops"));
      assertThat(jobs.lifecycle.reports().last(report.job(), 1)).containsExactly(report);
    }
  }

  @Test
  void aSecondRunChangesNothing() {
    jobs.write(diary, ONE + TWO);
    jobs.digest();
    long revision = jobs.store.revision(null);
    JobReport second = jobs.digest();
    assertThat(second.count(Fate.UNCHANGED)).isEqualTo(2);
    assertThat(second.count(Fate.ADDED)).isZero();
    assertThat(jobs.store.revision(null)).isEqualTo(revision);
  }

  @Test
  void whateverHappensToTheFileEachEntryIsThereOnce() {
    for (String text :
        List.of(
            ONE + TWO, // as it began
            ONE + TWO + THREE, // appended
            THREE + TWO + ONE, // rewritten in another order
            THREE, // trimmed
            "", // emptied
            ONE.replace("\n", "\r\n") + THREE + TWO)) { // by another editor
      jobs.write(diary, text);
      jobs.digest();
    }
    assertThat(jobs.texts())
        .containsExactlyInAnyOrder(
            "[09:00]\n- Boss: one", "[10:00]\n- Boss: two", "[11:00]\n- Boss: three");
  }

  @Test
  void ofTwoEntriesOfTheSameWordsTheOtherStaysWhenOneIsEdited() {
    String twin = entry("09:00", "- Boss: yes");
    String same = twin.replace("main:abc", "main:other");
    Path second = jobs.diary(DEV, DAY);
    jobs.write(second, twin + TWO + same + THREE);
    jobs.digest();
    jobs.write(second, twin.replace("yes", "no") + TWO + same + THREE);
    jobs.digest();
    assertThat(jobs.memories(new Selection.Runs.All(), DEV))
        .extracting(Memory::text)
        .contains("[09:00]\n- Boss: yes", "[09:00]\n- Boss: no");
  }

  @Test
  void whatAUserSaidOrWroteIsNotOverwrittenByAnEdit() {
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    Memory one = jobs.memories(new Selection.Runs.All(), null).get(0);
    Memory two = jobs.memories(new Selection.Runs.All(), null).get(1);
    jobs.shortTerm(DAY.toString(), one.text());
    jobs.engine.oneMemory().update(LifecycleFixture.CALLER, two.id(), "My own words", null);
    jobs.write(diary, ONE.replace("one", "1") + TWO.replace("two", "2") + THREE);
    jobs.digest();
    assertThat(jobs.texts())
        .contains(one.text(), "My own words", "[09:00]\n- Boss: 1", "[10:00]\n- Boss: 2");
  }

  @Test
  void anEntryThatIsEditedTwiceIsStillTheSameMemory() {
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    jobs.write(diary, ONE + TWO.replace("two", "2") + THREE);
    jobs.digest();
    jobs.write(diary, ONE + TWO.replace("two", "zwei") + THREE);
    jobs.digest();
    assertThat(jobs.texts(DAY)).hasSize(3).contains("[10:00]\n- Boss: zwei");
  }

  @Test
  void anEditThatIsUndoneIsUndoneInMemoryToo() {
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    jobs.write(diary, ONE + TWO.replace("two", "zwei") + THREE);
    jobs.digest();
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    assertThat(jobs.texts(DAY))
        .containsExactly("[09:00]\n- Boss: one", "[10:00]\n- Boss: two", "[11:00]\n- Boss: three");
  }

  @Test
  void aRotatedDiaryIsNotReadTwice() throws IOException {
    jobs.write(diary, ONE + TWO);
    jobs.digest();
    Files.move(diary, diary.resolveSibling("2026-03-01-part-1.md"));
    jobs.write(diary, THREE);
    jobs.digest();
    assertThat(jobs.texts()).hasSize(3);
  }

  @Test
  void anEntryThatIsEditedInTheMiddleIsTheSameMemoryWithItsNewText() {
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    Memory before = jobs.memories(new Selection.Runs.All(), null).get(1);
    jobs.write(diary, ONE + entry("10:00", "- Boss: two and a half") + THREE);
    assertThat(jobs.digest().count(Fate.UPDATED)).isEqualTo(1);
    assertThat(jobs.store.find(before.id()).orElseThrow().text())
        .isEqualTo("[10:00]\n- Boss: two and a half");
    assertThat(jobs.texts()).hasSize(3);
  }

  @Test
  void anEntryThatIsStillBeingWrittenIsTakenWhenItIsComplete() {
    jobs.write(diary, ONE + "### [10:00] Session main:abc\n- Boss: tw", jobs.now());
    JobReport first = jobs.digest();
    assertThat(first.count(Fate.ADDED)).isEqualTo(1);
    assertThat(first.count(Fate.WAITING)).isEqualTo(1);
    jobs.pass(Duration.ofMinutes(15));
    jobs.write(diary, ONE + TWO, jobs.now().minus(Digest.QUIET));
    jobs.digest();
    assertThat(jobs.texts()).containsExactly("[09:00]\n- Boss: one", "[10:00]\n- Boss: two");
  }

  @Test
  void anEntryThatWasTakenHalfIsMendedAndNotTakenTwice() {
    jobs.write(diary, ONE + "### [10:00] Session main:abc\n- Boss: tw");
    jobs.digest();
    jobs.write(diary, ONE + TWO + THREE);
    jobs.digest();
    assertThat(jobs.texts())
        .containsExactlyInAnyOrder(
            "[09:00]\n- Boss: one", "[10:00]\n- Boss: two", "[11:00]\n- Boss: three");
  }

  @Test
  void aHalfWrittenCharacterHurtsNobody() throws IOException {
    byte[] whole = (ONE + entry("10:00", "- Boss: 明天开会")).getBytes(StandardCharsets.UTF_8);
    jobs.write(diary, "");
    Files.write(diary, Arrays.copyOf(whole, whole.length - 4));
    Files.setLastModifiedTime(diary, java.nio.file.attribute.FileTime.from(jobs.now()));
    jobs.digest();
    assertThat(jobs.texts()).hasSize(1);
    Files.write(
        diary,
        Arrays.copyOfRange(whole, whole.length - 4, whole.length),
        StandardOpenOption.APPEND);
    jobs.pass(Duration.ofMinutes(1));
    jobs.digest();
    assertThat(jobs.texts()).contains("[10:00]\n- Boss: 明天开会");
  }

  @Test
  void twoEntriesOfEqualWordsAtTwoTimesAreTwo() {
    jobs.write(diary, entry("09:00", "- Boss: yes") + entry("09:30", "- Boss: yes"));
    jobs.digest();
    assertThat(jobs.texts(DAY)).containsExactly("[09:00]\n- Boss: yes", "[09:30]\n- Boss: yes");
  }

  @Test
  void aSectionThatGrowsDuringTheDayStaysOneMemory() {
    jobs.write(diary, "## Work\n- fixed the build\n");
    jobs.digest();
    jobs.write(diary, "## Work\n- fixed the build\n- met Bob\n");
    jobs.digest();
    assertThat(jobs.texts()).containsExactly("Work\n- fixed the build\n\n- met Bob");
  }

  /// Defect 5 of the original service.
  @Test
  void defect5AShortDiaryAndYesterdaysRestAreDigested() {
    jobs.at(Instant.parse("2026-03-01T23:50:00Z"));
    jobs.write(diary, ONE);
    jobs.digest();
    jobs.write(diary, ONE + entry("23:58", "- Boss: k"), Instant.parse("2026-03-01T23:58:00Z"));
    jobs.at(Instant.parse("2026-03-02T00:05:00Z"));
    jobs.digest();
    assertThat(jobs.texts(DAY)).containsExactly("[09:00]\n- Boss: one", "[23:58]\n- Boss: k");
  }

  /// Defect 7: UTC and UTC+8 were mixed.
  @Test
  void defect7TodayIsOneDayWhateverTheHour() {
    for (String hour : List.of("00:00:01", "07:59:00", "16:00:00", "23:59:59")) {
      jobs.at(Instant.parse("2026-03-01T" + hour + "Z"));
      assertThat(jobs.today()).isEqualTo(DAY);
      jobs.write(diary, entry("0" + hour.charAt(1) + ":00", "- Boss: at " + hour));
      jobs.lifecycle.digest().run(new Digest.Days.Only(DAY), false, _ -> {});
    }
    assertThat(jobs.memories(new Selection.Runs.All(), null))
        .hasSize(4)
        .allMatch(memory -> new RunId("2026-03-01").equals(memory.scope().run()));
  }

  @Test
  void whatWasWrittenWhileTheMachineWasOffIsReadAfterwards() {
    jobs.write(diary, ONE);
    jobs.digest();
    jobs.write(jobs.diary(MAIN, DAY.plusDays(3)), TWO);
    jobs.pass(Duration.ofDays(30));
    jobs.digest();
    assertThat(jobs.texts()).hasSize(2);
  }

  @Test
  void aDayThatCouldNotBeDigestedIsReadHoweverLongThatLasts() {
    jobs.digest();
    jobs.write(diary, ONE);
    jobs.embedder.down = true;
    for (int night = 0; night < 20; night++) {
      assertThat(jobs.digest().count(Fate.FAILED)).isEqualTo(1);
      jobs.pass(Duration.ofDays(1));
    }
    jobs.embedder.down = false;
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void aFirstDayThatCouldNotBeDigestedIsReadLater() {
    jobs.write(jobs.diary(MAIN, DAY.minusDays(5)), ONE);
    jobs.embedder.down = true;
    jobs.digest();
    jobs.pass(Duration.ofDays(20));
    jobs.embedder.down = false;
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void whatWasWrittenWhileTheWorkspaceWasOutOfReachIsReadAfterwards() throws IOException {
    jobs.write(diary, ONE);
    jobs.digest();
    Path mounted = folder.resolve(MAIN.value()).resolve("memory");
    Path away = mounted.resolveSibling("away");
    jobs.write(jobs.diary(MAIN, DAY.plusDays(1)), TWO);
    Files.move(mounted, away);
    for (int day = 0; day < 20; day++) {
      jobs.pass(Duration.ofDays(1));
      jobs.digest();
    }
    Files.move(away, mounted);
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void aDeletedMemoryStaysAwayWhileItsDiaryStillHoldsIt() {
    jobs.write(diary, ONE + TWO);
    jobs.digest();
    Memory one = jobs.memories(new Selection.Runs.All(), null).getFirst();
    jobs.engine.oneMemory().delete(LifecycleFixture.CALLER, one.id());
    jobs.digest();
    jobs.write(diary, TWO);
    jobs.digest();
    jobs.write(diary, TWO + ONE + THREE);
    jobs.digest();
    assertThat(jobs.texts()).containsExactly("[10:00]\n- Boss: two", "[11:00]\n- Boss: three");
  }

  @Test
  void aDeletedLastEntryStaysAwayAlsoWhenItGrows() {
    String begun = entry("10:00", "- Boss: my salary is 5000");
    jobs.write(diary, ONE + begun);
    jobs.digest();
    delete("[10:00]\n- Boss: my salary is 5000");
    for (String grown :
        List.of(
            begun.replace("is 5000", "is 5000 a month"), // in the middle of a line
            begun.replace("is 5000", "is 5000 a month\n- main: noted"), // and once more
            begun.replace("is 5000", "is 5000 a month\n- main: noted\n- Boss: thanks") + THREE)) {
      jobs.write(diary, ONE + grown);
      assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
      jobs.dream();
    }
    assertThat(jobs.texts()).containsExactly("[09:00]\n- Boss: one", "[11:00]\n- Boss: three");
  }

  @Test
  void theDeletedLastEntryOfAnotherFileOfTheDayStaysAwayAlsoWhenItGrows() {
    String begun = entry("10:00", "- Boss: my salary is 5000");
    jobs.write(diary, begun);
    jobs.write(diary.resolveSibling(DAY + "-evening.md"), THREE);
    jobs.digest();
    delete("[10:00]\n- Boss: my salary is 5000");
    jobs.write(diary, begun.replace("is 5000", "is 5000 a month"));
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
  }

  @Test
  void aDeletedEntryWithAnotherAfterItIsCompleteSoWhatIsAddedIsNew() {
    String complete = entry("10:00", "- Boss: my salary is 5000");
    jobs.write(diary, ONE + complete + THREE);
    jobs.digest();
    delete("[10:00]\n- Boss: my salary is 5000");
    String added = complete.replace("is 5000", "is 5000 and I was at Anna's wedding");
    jobs.write(diary, ONE + added + THREE);
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void aWordThatGoesOnIsAnotherWord() {
    jobs.write(diary, ONE + entry("10:00", "- Boss: tomorrow I want tea"));
    jobs.digest();
    delete("[10:00]\n- Boss: tomorrow I want tea");
    jobs.write(diary, ONE + entry("10:00", "- Boss: tomorrow I want teaching to start"));
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void aDeletedEntryOfAScriptWithoutBlanksStaysAwayAlsoWhenItGrows() {
    String begun = entry("10:00", "- Boss: 我每个月的工资是五千欧元");
    jobs.write(diary, ONE + begun);
    jobs.digest();
    delete("[10:00]\n- Boss: 我每个月的工资是五千欧元");
    jobs.write(diary, ONE + begun.replace("欧元", "欧元左右"));
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
  }

  @Test
  void whatWasKeptAwayKeepsNothingAwayOfItsOwnAccord() {
    String begun = "## Money\n- my salary is 5000 a month\n";
    String added = "- Anna Petrova is the new accountant of the firm\n";
    jobs.write(diary, begun);
    jobs.digest();
    delete("Money\n- my salary is 5000 a month");
    jobs.write(diary, begun + added);
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
    jobs.write(diary, begun); // It is undone, and done again.
    jobs.digest();
    jobs.write(diary, begun + added);
    jobs.digest();
    String body = begun.replace("## Money\n", "") + added;
    jobs.write(diary, "## People\n" + body + "\n## Rest\n" + added);
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isZero();
    assertThat(jobs.texts()).hasSize(2);
  }

  @Test
  void itIsSaidHowManyEntriesWereKeptAway() {
    jobs.write(diary, "## Lunch\n- had soup\n\n## Money\n- my salary is 5000 a month\n");
    jobs.digest();
    delete("Money\n- my salary is 5000 a month");
    jobs.write(diary, "## Lunch\n- had soup\n\n## Private\n- my salary is 5000 a month\n");
    List<String> said = new ArrayList<>();
    jobs.lifecycle.digest().run(new Digest.Days.Recent(), false, said::add);
    assertThat(said)
        .contains("main, 2026-03-01: 1 kept away, which were deleted from memory")
        .noneMatch(line -> line.contains("salary"));
  }

  @Test
  void aDeletedEntryStaysAwayAlsoBelowAnotherHeading() {
    jobs.write(diary, "## Money\n- my salary is 5000 a month\n\n## Work\n- fixed the build\n");
    jobs.digest();
    delete("Money\n- my salary is 5000 a month");
    for (String heading : List.of("Private", "Very private")) {
      jobs.write(
          diary,
          "## Work\n- fixed the build\n\n## %s\n- my salary is 5000 a month\n".formatted(heading));
      assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
    }
    assertThat(jobs.texts()).containsExactly("Work\n- fixed the build");
  }

  @Test
  void whatAnEarlierVersionReadIsToldAsTodayFromTheNextEntryOn() {
    String said = "\n- my salary is 5000 a month\n\n";
    jobs.write(diary, "## Money" + said);
    jobs.digest();
    Mark mark = jobs.store.marks(Ledger.DIARY, LifecycleFixture.ALICE.value(), 1).getFirst();
    Ledger.Line line = Ledger.parse(mark.value()).lines().getFirst();
    String earlier =
        Json.print(
            Json.array()
                .add(
                    Json.object()
                        .put("e", line.entry())
                        .put("h", line.heading())
                        .put("m", String.valueOf(line.memory()))
                        .put("v", line.own())));
    jobs.store.apply(List.of(new Change.PutMark(new Mark(mark.name(), earlier, mark.written()))));
    jobs.write(diary, "## Money" + said + "## Work\n- fixed the build\n");
    jobs.digest();
    delete("Money\n- my salary is 5000 a month");
    jobs.write(diary, "## Private" + said + "## Work\n- fixed the build\n");
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
  }

  @Test
  void aDeletedEntryThatIsCutOutAndPutInElsewhereLaterStaysAway() {
    jobs.write(diary, "## Money\n- my salary is 5000 a month\n\n## Work\n- fixed the build\n");
    jobs.digest();
    delete("Money\n- my salary is 5000 a month");
    String cut = "## Work\n- fixed the build\n\n## Lunch\n- had soup\n";
    for (String again : List.of("Private", "Very private")) {
      jobs.write(diary, cut);
      jobs.digest();
      cut += "\n## Before " + again + "\n- met Bob\n";
      jobs.write(diary, cut);
      jobs.digest();
      jobs.write(diary, cut + "\n## " + again + "\n- my salary is 5000 a month\n");
      assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(1);
    }
  }

  @Test
  void threeThousandDeletedEntriesStayAwayBelowOtherHeadings() {
    String body = "- what was said in conversation number %d";
    jobs.write(diary, sections("Talk", body));
    jobs.digest();
    jobs.engine.deleteMemories().byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
    jobs.write(diary, sections("Conversation", body));
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(3_000);
    assertThat(jobs.texts()).isEmpty();
  }

  private static String sections(String heading, String body) {
    return IntStream.range(0, 3_000)
        .mapToObj(i -> "## %s %d\n%s\n\n".formatted(heading, i, body.formatted(i)))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @MethodSource("dev.agenticmemory.engine.LifecycleFixture#newTexts")
  void whatIsNewIsTakenHoweverADeletedTextBegan(String deleted, String written) {
    jobs.write(diary, deleted);
    jobs.digest();
    jobs.texts().forEach(this::delete);
    jobs.write(diary, written);
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("dev.agenticmemory.engine.LifecycleFixture#newTexts")
  void whatIsNewIsTakenAfterAllOfAUserWasDeleted(String deleted, String written) {
    jobs.write(diary, deleted);
    jobs.digest();
    jobs.engine.deleteMemories().byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
    jobs.write(diary, written);
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void whatIsNewIsTakenThoughItStandsWhereADeletedEntryStood() {
    jobs.write(diary, ONE + TWO);
    jobs.digest();
    delete("[10:00]\n- Boss: two");
    jobs.write(diary, ONE + TWO.replace("two", "something else"));
    jobs.digest();
    assertThat(jobs.texts())
        .containsExactly("[09:00]\n- Boss: one", "[10:00]\n- Boss: something else");
  }

  @Test
  void whatIsSaidAnewIsTakenWhileTheDeletedEntryStandsThereStill() {
    jobs.write(diary, entry("09:00", "- Boss: yes") + TWO);
    jobs.digest();
    delete("[09:00]\n- Boss: yes");
    jobs.write(diary, entry("09:00", "- Boss: yes") + TWO + entry("12:00", "- Boss: yes"));
    jobs.digest();
    assertThat(jobs.texts()).containsExactly("[10:00]\n- Boss: two", "[12:00]\n- Boss: yes");
  }

  private void delete(String text) {
    Memory memory =
        jobs.memories(new Selection.Runs.All(), null).stream()
            .filter(m -> m.text().equals(text))
            .findFirst()
            .orElseThrow();
    jobs.engine.oneMemory().delete(LifecycleFixture.CALLER, memory.id());
  }

  @Test
  void allOfADeletedUserStaysAway() {
    jobs.write(diary, ONE + TWO);
    jobs.digest();
    jobs.engine.deleteMemories().byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
    jobs.digest();
    jobs.lifecycle.digest().run(new Digest.Days.All(), false, _ -> {});
    assertThat(jobs.texts()).isEmpty();
  }

  @Test
  void allOfADeletedUserStaysAwayAlsoWhenItGrowsOrIsMoved() {
    jobs.write(
        diary, "## Money\n- my salary is 5000 a month\n\n## Work\n- fixed the build at last\n");
    jobs.digest();
    jobs.engine.deleteMemories().byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
    jobs.write(
        diary,
        "## Private\n- my salary is 5000 a month\n\n## Work\n- fixed the build at last\n- well\n");
    assertThat(jobs.digest().count(Fate.FORGOTTEN)).isEqualTo(2);
    assertThat(jobs.texts()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDeleteOfAllOfAUserThatDiesAnywhereIsDoneByTheNextOne(boolean after) {
    int calls = 0;
    boolean died = true;
    while (died) {
      calls++;
      Path place = folder.resolve("dies" + calls);
      try (LifecycleFixture alive = new LifecycleFixture(place)) {
        Path file = alive.diary(MAIN, DAY);
        alive.write(file, "## Money\n- my salary is 5000 a month\n");
        alive.digest();
        died = dies(place, calls, after);
        alive
            .engine
            .deleteMemories()
            .byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
        alive.write(file, "## Private\n- my salary is 5000 a month\n");
        assertThat(alive.digest().count(Fate.FORGOTTEN)).as("call %d", calls).isEqualTo(1);
      }
    }
    assertThat(calls).isGreaterThan(4);
  }

  private static boolean dies(Path place, int call, boolean after) {
    try (LifecycleFixture dying = new LifecycleFixture(place, null, DyingStore.at(call, after))) {
      dying.engine.deleteMemories().byUser(LifecycleFixture.CALLER, LifecycleFixture.ALICE, false);
      return false;
    } catch (DyingStore.Killed _) {
      return true;
    }
  }

  @Test
  void aDeletedRunStaysAwayAlsoWhenItsLastEntryGrows() {
    String last = entry("10:00", "- Boss: my salary is 5000");
    jobs.write(diary, ONE + last);
    jobs.digest();
    jobs.engine
        .deleteMemories()
        .byRun(LifecycleFixture.CALLER, null, new RunId(DAY.toString()), null, false);
    jobs.write(diary, ONE + last.replace("5000", "5000 and more") + THREE);
    jobs.digest();
    assertThat(jobs.texts()).containsExactly("[11:00]\n- Boss: three");
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndDoesNothing() {
    jobs.write(diary, ONE);
    JobReport dry = jobs.lifecycle.digest().run(new Digest.Days.All(), true, _ -> {});
    assertThat(dry.count(Fate.ADDED)).isEqualTo(1);
    assertThat(jobs.texts()).isEmpty();
    assertThat(jobs.lifecycle.reports().last(Job.DIGEST, 10)).isEmpty();
    assertThat(jobs.digest().count(Fate.ADDED)).isEqualTo(1);
  }

  @Test
  void oneDiaryThatCannotBeReadDoesNotKeepTheOthers() throws IOException {
    jobs.write(diary, ONE);
    jobs.writeTooLarge(jobs.diary(DEV, DAY));
    JobReport report = jobs.digest();
    assertThat(report.count(Fate.ADDED)).isEqualTo(1);
    assertThat(report.troubles())
        .singleElement()
        .asString()
        .contains("at most 33,554,432 are read");
    assertThat(jobs.lifecycle.reports().last(Job.DIGEST, 1)).containsExactly(report);
  }

  @Test
  void secretsAreMasked() {
    jobs.write(diary, entry("09:00", "- Boss: the password: hunter2secret"));
    jobs.digest();
    assertThat(jobs.texts().getFirst()).contains("[secret]").doesNotContain("hunter2");
  }

  @Test
  void fourThatDigestAtOnceTakeEachEntryOnce() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      text.append(entry("%02d:%02d".formatted(i / 60, i % 60), "- Boss: item " + i));
    }
    jobs.write(diary, text.toString());
    try (LifecycleFixture other = new LifecycleFixture(folder);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<JobReport>> all =
          List.of(jobs::digest, other::digest, jobs::digest, other::digest);
      long added = 0;
      for (var future : threads.invokeAll(all)) {
        added += future.get().count(Fate.ADDED);
      }
      assertThat(added).isEqualTo(120);
    }
    assertThat(jobs.texts()).hasSize(120).doesNotHaveDuplicates();
  }

  @Test
  void everyDayIsReadWhereAllAreAskedFor() {
    LocalDate old = DAY.minusYears(1);
    jobs.write(jobs.diary(MAIN, old), ONE);
    assertThat(jobs.digest().count(Fate.ADDED)).isZero();
    jobs.lifecycle.digest().run(new Digest.Days.All(), false, _ -> {});
    assertThat(jobs.texts(old)).hasSize(1);
  }
}
