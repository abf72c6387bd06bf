package dev.agenticmemory.engine;

import dev.agenticmemory.schedule.ByHand;
import dev.agenticmemory.schedule.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// A process that digests and syncs all the time, by hand, until its input ends. Its arguments: the
/// folder, and `turns`, or `none` to run without asking whose turn it is.
final class JobsChild {

  private JobsChild() {}

  static void main(String[] args) throws Exception {
    try (LifecycleFixture jobs = new LifecycleFixture(Path.of(args[0]))) {
      Turns turns = new Turns(jobs.store, Clock.systemUTC(), "a child");
      ByHand byHand = new ByHand(turns, Duration.ofMinutes(1));
      ChildProcess.say("ready");
      while (System.in.available() == 0) {
        jobs.at(Clock.systemUTC().instant());
        for (Job job : List.of(Job.DIGEST, Job.SYNC)) {
          var _ =
              args[1].equals("turns")
                  ? byHand.run(job, _ -> {}, () -> run(jobs, job))
                  : run(jobs, job);
        }
      }
      ChildProcess.say("done");
    }
  }

  private static JobReport run(LifecycleFixture jobs, Job job) {
    return switch (job) {
      case DIGEST -> jobs.digest();
      case SYNC -> jobs.lifecycle.sync().run(false, _ -> {});
      case DREAM -> jobs.dream();
    };
  }

  static Process start(Path folder, String how) throws IOException {
    return ChildProcess.start(JobsChild.class, folder.toString(), how);
  }
}
