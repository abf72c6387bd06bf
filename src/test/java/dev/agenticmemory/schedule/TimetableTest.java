package dev.agenticmemory.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.cron.Cron;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.schedule.Timetable.Entry;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimetableTest {

  @TempDir Path folder;
  private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final AtomicInteger runs = new AtomicInteger();
  private MemoryStore store;
  private Timetable timetable;

  @BeforeEach
  void open() {
    store = new SqliteStore(folder.resolve("memory.db"), new HashEmbedder(64).space());
    timetable = new Timetable(turns(store));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Turns turns(MemoryStore of) {
    return new Turns(of, clock, "a process");
  }

  private JobReport report(Job job, String... troubles) {
    return new JobReport(job, now, now, false, Map.of(), Usage.NONE, List.of(), List.of(troubles));
  }

  private Entry entry(Job job, String cron, Supplier<JobReport> work) {
    return new Entry(job, Cron.parse(cron), work);
  }

  private Entry counted(String cron) {
    return entry(
        Job.DREAM,
        cron,
        () -> {
          runs.incrementAndGet();
          return report(Job.DREAM);
        });
  }

  private boolean step(Entry entry) {
    return timetable.step(entry);
  }

  private Instant due() {
    return store.tasks(Job.DREAM.task(), 1).getFirst().due();
  }

  @ParameterizedTest
  @CsvSource({
    "*/15 * * * *, 2026-03-01T12:15:00Z",
    "0 1 * * *, 2026-03-02T01:00:00Z",
    "0 2 * * 1-5, 2026-03-02T02:00:00Z",
    "30 12 29 2 *, 2028-02-29T12:30:00Z",
  })
  void anExpressionIsInUtc(String expression, Instant next) {
    assertThat(Cron.parse(expression).next(now)).isEqualTo(next);
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "61 * * * *", "* * * *", "0 0 30 2 *"})
  void anExpressionThatCannotBeNamesItsSetting(String expression) {
    assertThatThrownBy(() -> Cron.parse(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is \"" + expression);
  }

  @Test
  void aJobRunsAtItsTimeAndNotBefore() {
    Entry dream = counted("0 2 * * *");
    assertThat(step(dream)).isFalse();
    now = Instant.parse("2026-03-02T01:59:59Z");
    assertThat(step(dream)).isFalse();
    now = Instant.parse("2026-03-02T02:00:00Z");
    assertThat(step(dream)).isTrue();
    assertThat(step(dream)).isFalse();
    assertThat(due()).isEqualTo("2026-03-03T02:00:00Z");
  }

  @Test
  void missedTimesAreMadeUpForOnce() {
    Entry dream = counted("0 2 * * *");
    step(dream);
    now = now.plus(Duration.ofDays(4));
    assertThat(step(dream)).isTrue();
    assertThat(step(dream)).isFalse();
    assertThat(runs).hasValue(1);
  }

  @Test
  void ofSeveralProcessesOneRunsIt() throws Exception {
    Entry dream = counted("0 2 * * *");
    List<MemoryStore> others = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        MemoryStore other =
            new SqliteStore(folder.resolve("memory.db"), new HashEmbedder(64).space());
        others.add(other);
        all.add(() -> new Timetable(turns(other)).step(dream));
      }
      threads.invokeAll(all);
      now = now.plus(Duration.ofDays(1));
      threads.invokeAll(all);
    } finally {
      others.forEach(MemoryStore::close);
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void aRunWhoseProcessDiedIsTakenOverWhenItsLeaseIsOver() {
    Entry dream = counted("0 2 * * *");
    step(dream);
    now = now.plus(Duration.ofDays(1));
    // As far as the store goes, a process that dies has the turn and is heard of no more.
    assertThat(turns(store).claim(Job.DREAM)).isInstanceOf(Turns.Claim.Held.class);
    assertThat(step(dream)).isFalse();
    now = now.plus(Turns.LEASE);
    assertThat(step(dream)).isTrue();
  }

  @Test
  void aRunThatFailedIsTriedAgainBeforeItsNextTimeAndTellsNobodyElse() {
    Entry failing =
        entry(
            Job.DREAM,
            "0 2 * * *",
            () -> {
              throw new Unavailable("the store is away", "Wait.", null);
            });
    step(failing);
    now = Instant.parse("2026-03-02T02:00:00Z");
    assertThat(step(failing)).isTrue();
    assertThat(due()).isEqualTo("2026-03-02T02:10:00Z");
    now = due();
    assertThat(step(failing)).isTrue();
    assertThat(due()).isEqualTo("2026-03-02T02:30:00Z");
    now = due();
    assertThat(step(counted("0 2 * * *"))).isTrue();
    assertThat(due()).isEqualTo("2026-03-03T02:00:00Z");
  }

  @Test
  void aRunThatLeftSomethingUndoneIsTriedAgain() {
    Entry dream = entry(Job.DREAM, "0 2 * * *", () -> report(Job.DREAM, "The model is down"));
    step(dream);
    now = Instant.parse("2026-03-02T02:00:00Z");
    step(dream);
    assertThat(due()).isEqualTo("2026-03-02T02:10:00Z");
  }

  @Test
  void anEarlierTimeIsTakenOverAtOnceAndALaterOneAfterTheNextRun() {
    step(counted("0 3 * * *"));
    step(counted("0 2 * * *"));
    assertThat(due()).isEqualTo("2026-03-02T02:00:00Z");
    step(counted("0 3 * * *"));
    assertThat(due()).isEqualTo("2026-03-02T02:00:00Z");
    now = due();
    assertThat(step(counted("0 3 * * *"))).isTrue();
    assertThat(due()).isEqualTo("2026-03-02T03:00:00Z");
  }

  @Test
  void twoProcessesWithDifferentExpressionsDoNotKeepTheJobFromRunning() {
    Entry even = counted("0 2 * * *");
    Entry odd = counted("30 2 * * *");
    step(even);
    step(odd);
    now = Instant.parse("2026-03-02T02:00:00Z");
    step(odd);
    step(even);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aRunThatIsUnderWayIsNotTakenByAProcessWithAnotherExpression() {
    step(counted("0 2 * * *"));
    now = now.plus(Duration.ofDays(1));
    assertThat(turns(store).claim(Job.DREAM)).isInstanceOf(Turns.Claim.Held.class);
    assertThat(step(counted("* * * * *"))).isFalse();
    assertThat(runs).hasValue(0);
  }

  @Test
  void aJobThatIsDueWaitsForTheEndOfARunByHand() throws Exception {
    Entry dream = counted("0 2 * * *");
    step(dream);
    now = now.plus(Duration.ofDays(1));
    new ByHand(turns(store), Duration.ZERO)
        .run(
            Job.DREAM,
            _ -> {},
            () -> {
              assertThat(step(dream)).isFalse();
              return report(Job.DREAM);
            });
    assertThat(step(dream)).isTrue();
  }

  @Test
  void whatARunLeavesIsNotWrittenWhereItsTurnWasLost() {
    Entry slow =
        entry(
            Job.DREAM,
            "0 2 * * *",
            () -> {
              now = now.plus(Turns.LEASE);
              assertThat(turns(store).claim(Job.DREAM)).isInstanceOf(Turns.Claim.Held.class);
              return report(Job.DREAM);
            });
    step(slow);
    now = Instant.parse("2026-03-02T02:00:00Z");
    assertThat(step(slow)).isTrue();
    assertThat(due()).isEqualTo("2026-03-02T02:00:00Z");
  }

  @Test
  void aRunThatWasInterruptedIsNotTheLastOfItsJob() throws Exception {
    CountDownLatch second = new CountDownLatch(2);
    Entry interrupted =
        entry(
            Job.DREAM,
            "*/15 * * * *",
            () -> {
              second.countDown();
              now = now.plus(Duration.ofHours(1));
              Thread.currentThread().interrupt(); // As when the lease is lost.
              return report(Job.DREAM);
            });
    step(interrupted);
    now = now.plus(Duration.ofHours(1));
    // Only the first run is due at once; the second after the next look.
    AtomicInteger looks = new AtomicInteger();
    try (Scheduler _ =
        new Scheduler(
            () -> {
              if (looks.incrementAndGet() == 3) {
                now = now.plus(Duration.ofHours(2));
              }
              return timetable;
            },
            List.of(interrupted))) {
      assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void oneJobThatFailsOrHangsNeverStopsTheOthers() throws Exception {
    CountDownLatch ran = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    List<Entry> entries =
        List.of(
            entry(
                Job.DIGEST,
                "*/15 * * * *",
                () -> {
                  throw new IllegalStateException("a fault");
                }),
            entry(
                Job.SYNC,
                "*/15 * * * *",
                () -> {
                  hanging.countDown();
                  await(new CountDownLatch(1));
                  return report(Job.SYNC);
                }),
            entry(
                Job.DREAM,
                "*/15 * * * *",
                () -> {
                  ran.countDown();
                  return report(Job.DREAM);
                }));
    entries.forEach(entry -> timetable.step(entry));
    now = now.plus(Duration.ofHours(1));
    try (Scheduler _ = new Scheduler(() -> timetable, entries)) {
      assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
    }
    // The one that was under way at the end is due at once, for whoever is next.
    assertThat(store.tasks(Job.SYNC.task(), 1).getFirst().due()).isEqualTo(now);
    assertThat(turns(store).claim(Job.SYNC)).isInstanceOf(Turns.Claim.Held.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("ended");
    }
  }
}
