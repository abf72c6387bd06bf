package dev.agenticmemory.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TurnsTest {

  @TempDir Path folder;
  private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private MemoryStore store;
  private Turns ours;
  private Turns others;

  @BeforeEach
  void open() {
    store = new SqliteStore(folder.resolve("memory.db"), new HashEmbedder(64).space());
    ours = new Turns(store, clock, "process 1@here");
    others = new Turns(store, clock, "process 2@there");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private JobReport report() {
    return new JobReport(Job.SYNC, now, now, false, Map.of(), Usage.NONE, List.of(), List.of());
  }

  private static Turn held(Turns.Claim claim) {
    return ((Turns.Claim.Held) claim).turn();
  }

  @Test
  void aJobIsOneProcessesUntilThatGivesItUp() {
    Turn turn = held(ours.claim(Job.SYNC));
    assertThat(others.claim(Job.SYNC))
        .isEqualTo(
            new Turns.Claim.Taken(
                new Turns.Holder("process 1@here", Instant.parse("2026-03-01T12:05:00Z"))));
    turn.close();
    held(others.claim(Job.SYNC)).close();
  }

  @Test
  void jobsDoNotWaitForOneAnother() {
    try (Turn _ = held(ours.claim(Job.SYNC));
        Turn dream = held(others.claim(Job.DREAM))) {
      assertThat(dream).isNotNull();
    }
  }

  @Test
  void aTurnThatIsProlongedOutlivesItsLease() {
    try (Turn turn = held(ours.claim(Job.SYNC))) {
      now = now.plus(Turns.LEASE.dividedBy(2));
      turn.prolong();
      now = now.plus(Turns.LEASE.dividedBy(2));
      assertThat(others.claim(Job.SYNC)).isInstanceOf(Turns.Claim.Taken.class);
    }
  }

  @Test
  void whoeverLostItsTurnIsInterruptedAndGivesNobodyElsesUp() {
    Turn lost = held(ours.claim(Job.SYNC));
    now = now.plus(Turns.LEASE);
    Turn next = held(others.claim(Job.SYNC));
    lost.prolong();
    assertThat(Thread.interrupted()).isTrue();
    lost.close();
    assertThat(ours.claim(Job.SYNC)).isInstanceOf(Turns.Claim.Taken.class);
    next.close();
  }

  @Test
  void aTurnThatWasClaimedByAClockFarAheadIsOver() {
    Instant today = now;
    now = today.plus(Duration.ofDays(400));
    Turn wrong = held(others.claim(Job.SYNC));
    now = today;
    Turn right = held(ours.claim(Job.SYNC));
    wrong.close();
    assertThat(others.claim(Job.SYNC)).isInstanceOf(Turns.Claim.Taken.class);
    right.close();
  }

  @Test
  void aTurnOfAClockThatIsALittleAheadIsNotOver() {
    now = now.plusSeconds(50);
    try (Turn _ = held(others.claim(Job.SYNC))) {
      now = now.minusSeconds(50);
      assertThat(ours.claim(Job.SYNC)).isInstanceOf(Turns.Claim.Taken.class);
    }
  }

  @Test
  void aFaultOfTheStoreEndsNeitherTheTurnNorWhatWentWell() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    Turns faulty = new Turns(whileNot(broken), clock, "process 3@here");
    JobReport report =
        new ByHand(faulty, Duration.ZERO)
            .run(
                Job.SYNC,
                _ -> {},
                () -> {
                  broken.set(true);
                  return report();
                });
    assertThat(report).isEqualTo(report());
    broken.set(false);
    try (Turn turn = held(faulty.claim(Job.DREAM))) {
      broken.set(true);
      turn.prolong();
      broken.set(false);
      now = now.plus(Turns.LEASE.dividedBy(2));
      turn.prolong();
      now = now.plus(Turns.LEASE.dividedBy(2));
      assertThat(ours.claim(Job.DREAM)).isInstanceOf(Turns.Claim.Taken.class);
    }
  }

  /// The store, in which nothing can be written while it is broken.
  private MemoryStore whileNot(AtomicBoolean broken) {
    return (MemoryStore)
        Proxy.newProxyInstance(
            MemoryStore.class.getClassLoader(),
            new Class<?>[] {MemoryStore.class},
            (_, method, arguments) -> {
              if (broken.get() && method.getName().equals("apply")) {
                throw new IllegalStateException("broken");
              }
              return method.invoke(store, arguments);
            });
  }

  @Test
  void aTurnThatWasGivenUpIsNotProlonged() {
    Turn turn = held(ours.claim(Job.SYNC));
    turn.close();
    turn.prolong();
    assertThat(Thread.interrupted()).isFalse();
    held(others.claim(Job.SYNC)).close();
  }

  @Test
  void ofManyThatClaimAtOnceOneHasIt() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 20; round++) {
        List<Future<Turns.Claim>> claims = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          claims.add(threads.submit(() -> ours.claim(Job.SYNC)));
        }
        List<Turn> all = new ArrayList<>();
        for (Future<Turns.Claim> claim : claims) {
          if (claim.get() instanceof Turns.Claim.Held(Turn turn)) {
            all.add(turn);
          }
        }
        assertThat(all).hasSize(1);
        all.getFirst().close();
      }
    }
  }

  @Test
  void aRunByHandSaysWhoHoldsTheJobAndUntilWhen() {
    try (Turn _ = held(others.claim(Job.SYNC))) {
      ByHand byHand = new ByHand(ours, Duration.ZERO);
      assertThatThrownBy(() -> byHand.run(Job.SYNC, _ -> {}, this::report))
          .isInstanceOf(Unavailable.class)
          .hasMessage("sync is being run by process 2@there, until 2026-03-01T12:05:00Z or longer");
    }
  }

  @Test
  void aRunByHandWaitsForAnothersRun() throws Exception {
    Turn other = held(others.claim(Job.SYNC));
    List<String> said = new ArrayList<>();
    JobReport report =
        new ByHand(ours, Duration.ofMinutes(1))
            .run(
                Job.SYNC,
                line -> {
                  said.add(line);
                  other.close();
                },
                this::report);
    assertThat(report).isEqualTo(report());
    assertThat(said).containsExactly("sync is being run by process 2@there: waiting");
    assertThat(others.claim(Job.SYNC)).isInstanceOf(Turns.Claim.Held.class);
  }

  @Test
  void aRunByHandThatFailsGivesTheJobUp() {
    ByHand byHand = new ByHand(ours, Duration.ZERO);
    assertThatThrownBy(() ->
            byHand.run(
                Job.SYNC,
                _ -> {},
                () -> {
                  throw new IllegalStateException("a fault");
                }))
        .hasMessage("a fault");
    held(others.claim(Job.SYNC)).close();
  }

  @Test
  void theEndOfTheProcessEndsARunByHandAndGivesTheJobUp() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    ByHand byHand = new ByHand(ours, Duration.ZERO);
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<MemoryException> ended =
          thread.submit(() -> {
            try {
              byHand.run(
                  Job.SYNC,
                  _ -> {},
                  () -> {
                    running.countDown();
                    new CountDownLatch(1).await();
                    return report();
                  });
              throw new IllegalStateException("It was not ended");
            } catch (MemoryException e) {
              return e;
            }
          });
      running.await();
      ours.close();
      assertThat(ended.get())
          .isInstanceOf(Unavailable.class)
          .hasMessage("sync was ended in the middle");
      held(others.claim(Job.SYNC)).close();
    }
  }
}
