package dev.agenticmemory.schedule;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Task;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /// One job.
  ///
  /// @param work runs it
  public record Entry(Job job, Cron cron, Supplier<JobReport> work) {}

  /// Whoever keeps the lease of a run alive.
  public interface Holder {
    /// The run begins: the lease is to be prolonged from now on.
    void holds(Lease lease);

    /// The run is over, and its lease is about to be given up.
    default void letsGo() {}
  }

  private final MemoryStore store;
  private final Clock clock;

  public Timetable(MemoryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Runs a job where it is due and nobody else runs it.
  ///
  /// @param holder prolongs the lease while the run goes on
  /// @return whether it ran
  public boolean step(Entry entry, Holder holder) {
    enter(entry);
    Instant now = clock.instant();
    boolean due =
        store.tasks(entry.job().task(), 1).stream().anyMatch(task -> !task.due().isAfter(now));
    // A look costs no write, unlike a claim.
    Optional<Lease> lease = due ? store.claim(entry.job().task(), now, LEASE) : Optional.empty();
    lease.ifPresent(held -> {
      holder.holds(held);
      run(entry, held, holder);
    });
    return lease.isPresent();
  }

  /// Prolongs the right to a run. False where another process has it by now.
  boolean renew(Lease lease) {
    return store.renew(lease, clock.instant().plus(LEASE)).isPresent();
  }

  /// Puts the job into the store where it is not there, and brings it forward where this process
  /// has an earlier time for it. Never puts it off, as another process may have another expression,
  /// and leaves alone what is claimed or was tried.
  private void enter(Entry entry) {
    Optional<Task> known = store.tasks(entry.job().task(), 1).stream().findFirst();
    Instant next = entry.cron().next(clock.instant());
    boolean settled =
        known.filter(task -> task.attempts() > 0 || !next.isBefore(task.due())).isPresent();
    if (!settled) {
      var _ = store.apply(List.of(new Change.PutTask(task(entry, next, 0))));
    }
  }

  private static Task task(Entry entry, Instant due, int attempts) {
    String kind = entry.job().task();
    return new Task(kind, kind, null, due, attempts, entry.cron().toString());
  }

  private void run(Entry entry, Lease held, Holder holder) {
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
      holder.letsGo();
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
