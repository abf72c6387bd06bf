package dev.agenticmemory.schedule;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// When which job is due, as tasks in the store: whichever process claims one runs it, the others
/// do not. A time that nobody was there for is made up for, once.
///
/// Knows no threads: [#step] runs a job that is due in the caller's thread.
public final class Timetable {

  private static final Logger LOG = LoggerFactory.getLogger(Timetable.class);

  /// How long a run is another's before it counts as dead; prolonged while it goes on.
  static final Duration LEASE = Duration.ofMinutes(5);

  /// When a run that left something undone is tried again, unless it is due before; doubled with
  /// each more in a row.
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final int DOUBLINGS_MAX = 5;

  private static final String KIND = "timetable";

  /// One job.
  ///
  /// @param work runs it
  public record Entry(Job job, Cron cron, Supplier<JobReport> work) {}

  private final MemoryStore store;
  private final Clock clock;

  public Timetable(MemoryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Runs a job where it is due and nobody else runs it.
  ///
  /// @param holding told the lease before the run, which the caller prolongs while that goes on
  /// @return whether it ran
  public boolean step(Entry entry, Consumer<Lease> holding) {
    enter(entry);
    Instant now = clock.instant();
    boolean due =
        store.tasks(entry.job().task(), 1).stream().anyMatch(task -> !task.due().isAfter(now));
    // A look costs no write, unlike a claim.
    Optional<Lease> lease = due ? store.claim(entry.job().task(), now, LEASE) : Optional.empty();
    lease.ifPresent(held -> {
      holding.accept(held);
      run(entry, held);
    });
    return lease.isPresent();
  }

  /// Prolongs the right to a run. False where another process has it by now.
  boolean renew(Lease lease) {
    return store.renew(lease, clock.instant().plus(LEASE)).isPresent();
  }

  /// Puts the job into the store where it is not there, or there with another expression. Of
  /// several processes that do so at once, one does.
  private void enter(Entry entry) {
    Optional<Task> known = store.tasks(entry.job().task(), 1).stream().findFirst();
    String expression = entry.cron().toString();
    if (known.filter(task -> task.payload().equals(expression)).isPresent()) {
      return;
    }
    Instant now = clock.instant();
    List<Change> changes = new ArrayList<>();
    known.ifPresent(task -> changes.add(new Change.RemoveMark(name(entry, task.payload()))));
    changes.add(new Change.ClaimMark(new Mark(name(entry, expression), "", now)));
    changes.add(new Change.PutTask(task(entry, entry.cron().next(now), 0)));
    var _ = store.apply(changes);
  }

  private static Mark.Name name(Entry entry, String expression) {
    return new Mark.Name(KIND, null, entry.job().word() + " " + expression);
  }

  private static Task task(Entry entry, Instant due, int attempts) {
    String kind = entry.job().task();
    return new Task(kind, kind, null, due, attempts, entry.cron().toString());
  }

  private void run(Entry entry, Lease held) {
    boolean clean = false;
    boolean ended = false;
    try {
      clean = entry.work().get().isClean();
      ended = true;
    } catch (MemoryException e) {
      LOG.warn("{}: {}. {}", entry.job().word(), e.getMessage(), e.hint());
      ended = true;
    } catch (RuntimeException e) {
      ended = !Thread.currentThread().isInterrupted();
      if (ended) {
        LOG.error("{} failed because of a fault in this program", entry.job().word(), e);
      }
    } finally {
      release(entry, held, ended, clean);
    }
  }

  /// Says when it is due next: at once where this process is ending in the middle of it.
  private void release(Entry entry, Lease held, boolean ended, boolean clean) {
    boolean interrupted = Thread.interrupted();
    try {
      Instant now = clock.instant();
      if (!renew(held)) {
        return; // Whoever holds it now says when.
      }
      Instant regular = entry.cron().next(now);
      int attempts = held.task().attempts();
      Instant again = now.plus(PAUSE.multipliedBy(1L << Math.min(attempts - 1, DOUBLINGS_MAX)));
      Task next =
          !ended
              ? task(entry, now, attempts - 1)
              : clean || regular.isBefore(again)
                  ? task(entry, regular, clean ? 0 : attempts)
                  : task(entry, again, attempts);
      var _ = store.apply(List.of(new Change.PutTask(next)));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
