package dev.agenticmemory.schedule;

import dev.agenticmemory.domain.MemoryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that run what is in a [Timetable]: one a job, so that none waits for another.
public final class Scheduler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /// How often it is looked whether a job is due: also the delay after a machine's sleep.
  private static final Duration LOOK = Duration.ofSeconds(5);

  /// How long the end of the process waits for a job to reach a place where it can stop.
  private static final Duration END_MAX = Duration.ofSeconds(10);

  private final Supplier<Timetable> timetable;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Starts them.
  ///
  /// @param timetable asked for at each look, so that a store which does not answer now may later
  public Scheduler(Supplier<Timetable> timetable, List<Timetable.Entry> entries) {
    this.timetable = timetable;
    for (Timetable.Entry entry : entries) {
      start("job-" + entry.job().word(), () -> step(entry));
    }
  }

  private void start(String name, Runnable work) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .start(() -> {
              do {
                work.run();
              } while (!isClosedSoon());
            }));
  }

  /// An interrupt ends one run, or comes too late for that; only the end of the process ends a
  /// thread.
  private boolean isClosedSoon() {
    try {
      return closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return isClosed();
    }
  }

  private void step(Timetable.Entry entry) {
    try {
      boolean ran = true;
      while (ran && !isClosed()) {
        ran = timetable.get().step(entry);
        endInterrupt();
      }
    } catch (MemoryException e) {
      LOG.warn("{}: {}. {}", entry.job().word(), e.getMessage(), e.hint());
    } catch (RuntimeException e) {
      if (!isClosed()) {
        LOG.error("The timetable of {} failed", entry.job().word(), e);
      }
    } finally {
      endInterrupt();
    }
  }

  /// A run whose turn was lost is interrupted; the next one is not.
  private void endInterrupt() {
    if (!isClosed() && Thread.interrupted()) {
      LOG.debug("Goes on after a run that was taken over");
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /// Ends what is under way at its next safe place; another process, or the next start, goes on
  /// with it.
  @Override
  public void close() {
    closed.countDown();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join(END_MAX.toMillis());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
