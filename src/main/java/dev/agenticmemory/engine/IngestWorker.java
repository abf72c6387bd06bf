package dev.agenticmemory.engine;

import dev.agenticmemory.domain.MemoryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that do what is in an [IngestQueue], also what other processes left there.
public final class IngestWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IngestWorker.class);

  /// How often it looks for what another process left or what is due again.
  private static final Duration LOOK = Duration.ofSeconds(5);

  /// How many ingests one process does at once: the model is slow, not the machine.
  private static final int THREADS = 4;

  /// How long the end of the process waits for what is under way.
  private static final Duration END_MAX = Duration.ofSeconds(3);

  private final IngestQueue queue;
  private final Semaphore signals = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  public IngestWorker(IngestQueue queue) {
    this.queue = queue;
    for (int i = 1; i <= THREADS; i++) {
      threads.add(Thread.ofPlatform().daemon().name("ingest-" + i).start(this::run));
    }
  }

  /// Something is due now.
  public void signal() {
    signals.release();
  }

  private void run() {
    try {
      while (!closed) {
        if (!stepped()) {
          var _ = signals.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException _) {
      LOG.debug("Ends");
    }
  }

  private boolean stepped() throws InterruptedException {
    try {
      return queue.step();
    } catch (MemoryException e) {
      if (!closed) {
        LOG.warn("{}. {}", e.getMessage(), e.hint());
      }
      return false;
    } catch (RuntimeException e) {
      if (closed) {
        throw new InterruptedException();
      }
      LOG.error("The queue of ingests failed", e);
      return false;
    }
  }

  /// Ends what is under way; another process, or the next start, goes on with it.
  @Override
  public void close() {
    closed = true;
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
