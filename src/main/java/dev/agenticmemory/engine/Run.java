package dev.agenticmemory.engine;

import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a job while it is under way: what it has counted so far, and who watches. For one
/// thread.
final class Run {

  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  /// How many different troubles a report names; more say the same.
  private static final int TROUBLES_MAX = 20;

  private static final int NOTES_MAX = 20;

  /// After so many questions in a row without an answer, the rest is left for the next run.
  private static final int UNANSWERED_MAX = 5;

  /// After so many answers of no use in a row, the model is of none: one bad batch, halved down to
  /// single things, is less.
  private static final int SPOILED_MAX = 40;

  private final Job job;
  private final Instant started;
  private final boolean dryRun;
  private final Consumer<String> progress;
  private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
  private final Set<String> notes = new LinkedHashSet<>();
  private final Set<String> troubles = new LinkedHashSet<>();
  private Usage usage = Usage.NONE;
  private int unanswered;
  private int spoiled;

  /// @param progress told what is being done, a line each
  Run(Job job, Instant started, boolean dryRun, Consumer<String> progress) {
    this.job = job;
    this.started = started;
    this.dryRun = dryRun;
    this.progress = progress;
  }

  Instant started() {
    return started;
  }

  boolean isDry() {
    return dryRun;
  }

  void count(Fate fate) {
    count(fate, 1);
  }

  void count(Fate fate, long more) {
    if (more > 0) {
      counts.merge(fate, more, Long::sum);
    }
  }

  void spent(Usage more) {
    usage = usage.plus(more);
  }

  /// The model answered.
  void answered(Usage more) {
    spent(more);
    if (more.calls() > 0) {
      unanswered = 0;
      spoiled = 0;
    }
  }

  /// The model answered with nothing of use, which may be because of one of the things that it was
  /// asked about: fewer of them are asked about next.
  void spoiled(Usage more) {
    spent(more);
    spoiled++;
  }

  /// The model did not answer.
  ///
  /// @param things how many things wait for it therefore
  void unanswered(Failure failure, Usage more, long things) {
    spent(more);
    switch (failure.kind()) {
      case SETTINGS -> unanswered = UNANSWERED_MAX;
      case OUTAGE -> unanswered++;
      case NONSENSE -> spoiled++;
    }
    failed(failure.what() + ". " + failure.hint(), things);
  }

  /// Whether it is of use to ask the model again.
  boolean mayAsk() {
    return unanswered < UNANSWERED_MAX && spoiled < SPOILED_MAX;
  }

  void say(String what) {
    progress.accept(what);
  }

  /// Says it, also in the report.
  void note(String what) {
    if (notes.size() < NOTES_MAX && notes.add(what)) {
      say(what);
    }
  }

  /// Says how many entries of a file their user has deleted, so that nobody misses them.
  void keptAway(String where, int entries) {
    if (entries > 0) {
      say("%s: %d kept away, which were deleted from memory".formatted(where, entries));
    }
  }

  /// Something could not be done; the rest goes on.
  void failed(String what, long things) {
    count(Fate.FAILED, things);
    if (troubles.size() < TROUBLES_MAX && troubles.add(what)) {
      LOG.warn("{}: {}", job.word(), what);
      say("failed: " + what);
    }
  }

  /// What a run within this one left undone, and has said already, this one has not done either.
  void leftBy(JobReport within) {
    count(Fate.FAILED, within.count(Fate.FAILED));
    troubles.addAll(within.troubles());
  }

  void failed(MemoryException e) {
    failed(e.getMessage() + ". " + e.hint(), 1);
  }

  /// A fault of this program: the log says which, a report must not.
  void failed(RuntimeException e) {
    LOG.error("{} failed because of a fault in this program", job.word(), e);
    failed("A fault in agentic-memory, which is in its log", 1);
  }

  /// Does one part, whose failure is its own. False where it failed.
  boolean part(Runnable part) {
    try {
      part.run();
      return true;
    } catch (MemoryException e) {
      failed(e);
    } catch (Interrupted e) {
      throw e;
    } catch (RuntimeException e) {
      failed(e);
    }
    return false;
  }

  /// Ends the run where its thread is to end: what is done stays done.
  void pause() {
    if (Thread.currentThread().isInterrupted()) {
      throw new Interrupted();
    }
  }

  JobReport report(Instant now) {
    return new JobReport(
        job, started, now, dryRun, counts, usage, List.copyOf(notes), List.copyOf(troubles));
  }

  /// The process is ending. Whoever runs the job next goes on where this one stopped.
  static final class Interrupted extends RuntimeException {
    Interrupted() {
      super("The process is ending", null, false, false);
    }
  }
}
