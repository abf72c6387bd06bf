package dev.agenticmemory.schedule;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import java.time.Duration;
import java.util.function.Consumer;

/// Runs a job because somebody asks for it now, while no other process does.
public final class ByHand {

  /// How often it is looked whether another process's run is over.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Turns turns;
  private final Duration patience;

  /// @param patience how long a run of another process is waited for
  public ByHand(Turns turns, Duration patience) {
    this.turns = turns;
    this.patience = patience;
  }

  /// What is to be run.
  @FunctionalInterface
  public interface Work {
    JobReport run() throws InterruptedException;
  }

  /// Runs `work`, after another process's run of the job if there is one. Throws `Unavailable`
  /// where that takes too long.
  ///
  /// @param progress told that it is waited for
  public JobReport run(Job job, Consumer<String> progress, Work work) throws InterruptedException {
    try (Turn _ = turn(job, progress)) {
      try {
        return work.run();
      } catch (InterruptedException e) {
        throw ended(job, e);
      } catch (RuntimeException e) {
        throw Thread.interrupted() ? ended(job, e) : e;
      }
    }
  }

  private Turn turn(Job job, Consumer<String> progress) throws InterruptedException {
    for (int look = 0; true; look++) {
      switch (turns.claim(job)) {
        case Turns.Claim.Held(Turn turn) -> {
          return turn;
        }
        case Turns.Claim.Taken(Turns.Holder by) -> {
          if (look == patience.dividedBy(LOOK)) {
            throw taken(job, by);
          }
          if (look == 0) {
            progress.accept("%s is being run by %s: waiting".formatted(job.word(), by.who()));
          }
          Thread.sleep(LOOK);
        }
      }
    }
  }

  private static Unavailable taken(Job job, Turns.Holder by) {
    return new Unavailable(
        "%s is being run by %s, until %s or longer".formatted(job.word(), by.who(), by.until()),
        "Run it again when that is done, or after that time if that process is no more.",
        null);
  }

  private static Unavailable ended(Job job, Exception e) {
    return new Unavailable(
        "%s was ended in the middle".formatted(job.word()),
        "Run it again: what is done stays done, and it goes on from there.",
        e);
  }
}
