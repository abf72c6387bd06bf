package dev.agenticmemory.schedule;

import dev.agenticmemory.cron.Cron;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.store.Change;
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

/// When which job is due, as tasks in the store: whichever process gets the turn of one runs it,
/// the others do not. A time that nobody was there for is made up for, once.
///
/// Knows no threads: [#step] runs a job that is due in the caller's thread.
public final class Timetable {

  private static final Logger LOG = LoggerFactory.getLogger(Timetable.class);

  /// When a run that left something undone is tried again, unless it is due before; doubled with
  /// each more in a row.
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private static final int DOUBLINGS_MAX = 5;

  /// One job.
  ///
  /// @param work runs it
  public record Entry(Job job, Cron cron, Supplier<JobReport> work) {}

  private final Turns turns;
  private final MemoryStore store;
  private final Clock clock;

  public Timetable(Turns turns) {
    this.turns = turns;
    this.store = turns.store();
    this.clock = turns.clock();
  }

  /// Runs a job where it is due and nobody else runs it.
  ///
  /// @return whether it ran
  public boolean step(Entry entry) {
    enter(entry);
    // A look costs no write, unlike a claim.
    return due(entry).isPresent()
        && switch (turns.claim(entry.job())) {
          case Turns.Claim.Taken _ -> false;
          case Turns.Claim.Held(Turn turn) -> {
            try (turn) {
              // It may have been run between the look and the claim.
              Optional<Task> due = due(entry);
              due.ifPresent(task -> run(entry, turn, task.attempts() + 1));
              yield due.isPresent();
            }
          }
        };
  }

  private Optional<Task> due(Entry entry) {
    return known(entry).filter(task -> !task.due().isAfter(clock.instant()));
  }

  private Optional<Task> known(Entry entry) {
    return store.tasks(entry.job().task(), 1).stream().findFirst();
  }

  /// Puts the job into the store where it is not there, and brings it forward where this process
  /// has an earlier time for it. Never puts it off, as another process may have another expression,
  /// and leaves alone what was tried.
  private void enter(Entry entry) {
    Instant next = entry.cron().next(clock.instant());
    boolean settled =
        known(entry).filter(task -> task.attempts() > 0 || !next.isBefore(task.due())).isPresent();
    if (!settled) {
      var _ = store.apply(List.of(new Change.PutTask(task(entry, next, 0))));
    }
  }

  private static Task task(Entry entry, Instant due, int attempts) {
    String kind = entry.job().task();
    return new Task(kind, kind, null, due, attempts, entry.cron().toString());
  }

  private void run(Entry entry, Turn turn, int attempts) {
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
      end(entry, turn, ended ? attempts : attempts - 1, ended, clean);
    }
  }

  /// Says when it is due next: at once where this process is ending in the middle of it. Where the
  /// turn was lost, whoever has it says when.
  private void end(Entry entry, Turn turn, int attempts, boolean ended, boolean clean) {
    Instant now = clock.instant();
    Task next = ended ? next(entry, now, attempts, clean) : task(entry, now, attempts);
    turn.end(List.of(new Change.PutTask(next)));
  }

  private static Task next(Entry entry, Instant now, int attempts, boolean clean) {
    Instant regular = entry.cron().next(now);
    Instant again = now.plus(PAUSE.multipliedBy(1L << Math.min(attempts - 1, DOUBLINGS_MAX)));
    if (clean) {
      return task(entry, regular, 0);
    }
    return task(entry, regular.isBefore(again) ? regular : again, attempts);
  }
}
