package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The ingests that wait for a language model. Each is done by whichever process claims it, tried
/// again with growing pauses, and given up visibly.
///
/// Knows no threads: [#step] does the next one that is due, in the caller's thread.
public final class IngestQueue {

  private static final Logger LOG = LoggerFactory.getLogger(IngestQueue.class);

  /// The pause after the first failure; doubled with each more.
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration PAUSE_MAX = Duration.ofHours(1);

  /// By how much a pause is longer or shorter by chance, so that many do not return at once.
  private static final double JITTER = 0.2;

  /// How often it is tried while the model is down: about a day, with the pauses above.
  static final int ATTEMPTS_MAX = 32;

  /// How often the model may answer with nothing of use.
  static final int NONSENSE_MAX = 5;

  /// Two questions, a repair of each, and some air.
  private static final int CALLS_OF_LEASE = 5;

  private final MemoryStore store;
  private final Writer writer;
  private final Distil distil;
  private final Duration lease;
  private final RandomGenerator random;
  private final Clock clock;
  private final Map<MemoryId, CountDownLatch> waiting = new ConcurrentHashMap<>();

  IngestQueue(
      MemoryStore store,
      Writer writer,
      Distil distil,
      Duration callMax,
      RandomGenerator random,
      Clock clock) {
    this.store = store;
    this.writer = writer;
    this.distil = distil;
    this.lease = callMax.multipliedBy(CALLS_OF_LEASE);
    this.random = random;
    this.clock = clock;
  }

  /// Does the ingest that has been due the longest. False where none is due.
  public boolean step() {
    Instant now = clock.instant();
    // A look costs no write, unlike a claim.
    if (store.tasks(Ingest.WAITING, 1).stream().noneMatch(task -> !task.due().isAfter(now))) {
      return false;
    }
    Optional<Lease> claimed = store.claim(Ingest.WAITING, now, lease);
    claimed.ifPresent(this::attempt);
    return claimed.isPresent();
  }

  private void attempt(Lease held) {
    MemoryId id = Ingest.of(held.task()).memory();
    try {
      switch (distil.run(held)) {
        case Distil.End.Done() -> {}
        case Distil.End.Undone(Failure failure, Usage usage) -> postpone(held, failure, usage);
      }
    } catch (MemoryException e) {
      postpone(held, new Failure(e.getMessage(), e.hint(), Failure.Kind.OUTAGE, null), Usage.NONE);
    } catch (RuntimeException e) {
      LOG.error("An ingest failed because of a fault in this program", e);
      postpone(
          held, Failure.nonsense("A fault in agentic-memory, which is in its log"), Usage.NONE);
    } finally {
      CountDownLatch latch = waiting.remove(id);
      if (latch != null) {
        latch.countDown();
      }
    }
  }

  /// Puts it back for a later attempt, or gives it up.
  private void postpone(Lease held, Failure failure, Usage usage) {
    Instant now = clock.instant();
    if (Thread.currentThread().isInterrupted()) {
      release(held, now);
      return;
    }
    // Whoever holds it now writes what becomes of it.
    if (store.renew(held, now.plus(lease)).isEmpty()) {
      return;
    }
    Task task = held.task();
    Ingest after =
        Ingest.of(task).after(usage, failure.kind() == Failure.Kind.NONSENSE, failure.what());
    boolean over =
        failure.kind() == Failure.Kind.SETTINGS
            || after.nonsense() >= NONSENSE_MAX
            || task.attempts() >= ATTEMPTS_MAX;
    LOG.warn(
        "Facts could not be made of an input, attempt {}{}: {}. {}",
        task.attempts(),
        over ? ", given up" : "",
        failure.what(),
        failure.hint());
    List<Change> changes = new ArrayList<>();
    changes.add(
        new Change.PutTask(
            over
                ? after.task(Ingest.FAILED, now, task.attempts())
                : after.task(
                    Ingest.WAITING, now.plus(pause(task.attempts(), failure)), task.attempts())));
    Optional<Memory> pending = store.find(after.memory());
    if (pending.isPresent() && over) {
      changes.add(staged(pending.get(), Stage.FAILED, now, "given up: " + failure.what()));
    }
    pending.ifPresent(memory -> changes.add(UsageMarks.put(memory.scope(), usage, now)));
    var _ = writer.apply(changes);
  }

  /// Lets another process have it at once: this one is ending.
  private void release(Lease held, Instant now) {
    boolean interrupted = Thread.interrupted();
    try {
      Task task = held.task();
      var _ =
          writer.apply(
              List.of(
                  new Change.PutTask(
                      new Task(
                          task.id(),
                          task.kind(),
                          task.memory(),
                          now,
                          task.attempts() - 1,
                          task.payload()))));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Change staged(Memory memory, Stage stage, Instant now, String reason) {
    Memory after = memory.with(memory.content().withStage(stage), now);
    return new Change.Annotate(
        after,
        new HistoryEntry(
            memory.id(),
            Event.UPDATE,
            memory.text(),
            memory.text(),
            after.times().updated(),
            "ingest",
            reason,
            null));
  }

  private Duration pause(int attempts, Failure failure) {
    long doubled = PAUSE.toMillis() << Math.min(Math.max(attempts - 1, 0), 20);
    long millis = Math.min(doubled, PAUSE_MAX.toMillis());
    Duration own =
        Duration.ofMillis((long) (millis * (1 + JITTER * (2 * random.nextDouble() - 1))));
    Duration asked = failure.retryAfter();
    return asked != null && asked.compareTo(own) > 0 ? asked : own;
  }

  /// Will be told of the next attempt at this ingest in this process.
  CountDownLatch expect(MemoryId ingest) {
    return waiting.computeIfAbsent(ingest, _ -> new CountDownLatch(1));
  }

  /// Waits for attempts at these ingests, all together no longer than `patience`.
  void await(List<MemoryId> ingests, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (MemoryId ingest : ingests) {
        CountDownLatch latch = waiting.get(ingest);
        if (latch != null && !latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      ingests.forEach(waiting::remove);
    }
  }
}
