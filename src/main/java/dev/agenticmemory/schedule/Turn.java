package dev.agenticmemory.schedule;

import dev.agenticmemory.engine.Job;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The right of one thread to run a job. It prolongs itself until it is closed; when it is lost all
/// the same, because this process was taken for dead, the thread is interrupted.
final class Turn implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

  private final Turns turns;
  private final Job job;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  private Mark mark;
  private boolean lost;

  Turn(Turns turns, Job job, Mark mark) {
    this.turns = turns;
    this.job = job;
    this.mark = mark;
    Thread.ofPlatform().daemon().name("turn-" + job.word()).start(this::keep);
  }

  private void keep() {
    try {
      while (!ended.await(Turns.LEASE.toMillis() / 4, TimeUnit.MILLISECONDS)) {
        prolong();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Says that its run goes on. Interrupts that where it is another's by now.
  synchronized void prolong() {
    if (lost || isEnded()) {
      return;
    }
    try {
      Mark next = turns.mark(job, UUID.randomUUID().toString());
      lost = !isReplaced(next, List.of());
      if (lost) {
        owner.interrupt();
      } else {
        mark = next;
      }
    } catch (RuntimeException e) {
      LOG.warn("The turn of {} could not be prolonged; it is tried again", job.word(), e);
    }
  }

  /// Gives it up together with other changes, which are not made where it was lost.
  synchronized void end(List<Change> last) {
    if (isEnded()) {
      return;
    }
    boolean interrupted = Thread.interrupted(); // It has ended the run, and ends no write.
    try {
      lost = lost || !isReplaced(turns.free(job), last);
    } finally {
      ended.countDown();
      turns.ended(this);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isReplaced(Mark next, List<Change> more) {
    List<Change> changes = new ArrayList<>(more);
    changes.add(new Change.ReplaceMark(next, mark.value()));
    return turns.store().apply(changes) instanceof Outcome.Applied;
  }

  private boolean isEnded() {
    return ended.getCount() == 0;
  }

  void interrupt() {
    owner.interrupt();
  }

  void awaitEnd(Duration atMost) throws InterruptedException {
    var _ = ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Gives it up. Where that fails its lease runs out: what was run went well all the same.
  @Override
  public void close() {
    try {
      end(List.of());
    } catch (RuntimeException e) {
      LOG.warn("The turn of {} could not be given up: its lease runs out", job.word(), e);
    }
  }
}
