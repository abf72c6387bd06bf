package dev.agenticmemory;

import dev.agenticmemory.config.Jobs;
import dev.agenticmemory.cron.Cron;
import dev.agenticmemory.engine.Digest;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.engine.Lifecycle;
import dev.agenticmemory.schedule.Scheduler;
import dev.agenticmemory.schedule.Timetable;
import dev.agenticmemory.schedule.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The jobs that the settings ask for, at the times that they say.
final class JobTimes {

  private static final Logger LOG = LoggerFactory.getLogger(JobTimes.class);

  private JobTimes() {}

  /// Runs them until the scheduler is closed.
  ///
  /// The store is asked for only when a job is looked at.
  static Scheduler start(Jobs jobs, Supplier<Lifecycle> lifecycle, Supplier<Turns> turns) {
    Consumer<String> progress = line -> LOG.debug("{}", line);
    List<Timetable.Entry> entries = new ArrayList<>();
    enter(
        entries,
        Job.DIGEST,
        jobs.digest(),
        () -> lifecycle.get().digest().run(new Digest.Days.Recent(), false, progress));
    enter(entries, Job.SYNC, jobs.sync(), () -> lifecycle.get().sync().run(false, progress));
    enter(entries, Job.DREAM, jobs.dream(), () -> lifecycle.get().dream().run(false, progress));
    return new Scheduler(() -> new Timetable(turns.get()), entries);
  }

  private static void enter(
      List<Timetable.Entry> entries, Job job, String expression, Supplier<JobReport> work) {
    if (!expression.equals(Jobs.NEVER)) {
      entries.add(new Timetable.Entry(job, Cron.parse(expression), work));
    }
  }
}
