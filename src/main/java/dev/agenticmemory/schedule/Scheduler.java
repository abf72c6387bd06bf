package dev.agenticmemory.schedule;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.store.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that run what is in a [Timetable]: one a job, so that none waits for another, and
/// one that keeps the leases of what runs.
public final class Scheduler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Scheduler.class);

  /// How often it is looked whether a job is due: also the delay after a machine's sleep.
  private static final Duration LOOK = Duration.ofSeconds(5);

  /// How long the end of the process waits for a job to reach a place where it can stop.
  private static final Duration END_MAX = Duration.ofSeconds(10);

  private final Supplier<Timetable> timetable;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<Thread, Lease> held = new ConcurrentHashMap<>();
  private final Timetable.Holder holder = new Held();
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Starts them.
  ///
  /// @param timetable asked for at each look, so that a store which does not answer now may later
  public Scheduler(Supplier<Timetable> timetable, List<Timetable.Entry> entries) {
    this.timetable = timetable;
    for (Timetable.Entry entry : entries) {
      start("job-" + entry.job().word(), LOOK, () -> step(entry));
    }
    start("job-leases", Timetable.LEASE.dividedBy(4), this::renew);
  }

  private void start(String name, Duration pause, Runnable work) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .start(() -> {
              do {
                work.run();
              } while (!isClosedAfter(pause));
            }));
  }

  /// An interrupt ends one run, or comes too late for that; only the end of the process ends a
  /// thread.
  private boolean isClosedAfter(Duration pause) {
    try {
      return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return isClosed();
    }
  }

  private void step(Timetable.Entry entry) {
    try {
      boolean ran = true;
      while (ran && !isClosed()) {
        ran = timetable.get().step(entry, holder);
        endInterrupt();
      }
    } catch (MemoryException e) {
      LOG.warn("{}: {}. {}", entry.job().word(), e.getMessage(), e.hint());
    } catch (RuntimeException e) {
      if (!isClosed()) {
        LOG.error("The timetable of {} failed", entry.job().word(), e);
      }
    } finally {
      held.remove(Thread.currentThread());
      endInterrupt();
    }
  }

  /// A run whose lease was lost is interrupted; the next one is not.
  private void endInterrupt() {
    if (!isClosed() && Thread.interrupted()) {
      LOG.debug("Goes on after a run that was taken over");
    }
  }

  /// Keeps the lease of the thread's run.
  private final class Held implements Timetable.Holder {
    @Override
    public void holds(Lease lease) {
      held.put(Thread.currentThread(), lease);
    }

    @Override
    public void letsGo() {
      held.remove(Thread.currentThread());
    }
  }

  private void renew() {
    held.forEach((thread, lease) -> {
      try {
        if (!timetable.get().renew(lease) && held.remove(thread, lease)) {
          thread.interrupt(); // Another process runs it: this one was taken for dead.
        }
      } catch (RuntimeException e) {
        LOG.warn("A lease could not be prolonged: {}", e.getMessage());
      }
    });
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
