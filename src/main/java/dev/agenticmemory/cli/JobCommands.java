package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.engine.Digest;
import dev.agenticmemory.engine.Fate;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.engine.Lifecycle;
import dev.agenticmemory.engine.Reports;
import dev.agenticmemory.json.Json;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `digest`, `sync`, `dream`, `jobs`: what else is done by itself, done now.
public final class JobCommands {

  /// Ends a command whose job left something undone; scripts may run it again.
  private static final int EXIT_UNDONE = 75; // EX_TEMPFAIL

  private JobCommands() {}

  /// What a job does.
  @FunctionalInterface
  public interface Work {
    JobReport run() throws InterruptedException;
  }

  /// Does the work of a job while no other process does.
  @FunctionalInterface
  public interface Alone {
    JobReport run(Job job, Consumer<String> progress, Work work) throws InterruptedException;
  }

  /// All of them.
  public static List<Object> all(Supplier<Lifecycle> lifecycle, Alone alone, Clock clock) {
    return List.of(
        new DigestCommand(lifecycle, alone, clock),
        new SyncCommand(lifecycle, alone),
        new DreamCommand(lifecycle, alone),
        new JobsCommand(lifecycle));
  }

  /// What every job has.
  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
  abstract static class JobCommand implements Callable<Integer> {

    private final Job job;
    private final Supplier<Lifecycle> lifecycle;
    private final Alone alone;

    @Spec CommandSpec spec;

    @Option(names = "--dry-run", description = "Only say what would be done.")
    boolean dryRun;

    @Option(names = "--json", description = "Print the report as JSON, and nothing else.")
    boolean json;

    JobCommand(Job job, Supplier<Lifecycle> lifecycle, Alone alone) {
      this.job = job;
      this.lifecycle = lifecycle;
      this.alone = alone;
    }

    abstract JobReport run(Lifecycle jobs, Consumer<String> progress) throws InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      Consumer<String> progress =
          line -> {
            if (!json) {
              out.println(Shown.of(line));
              out.flush();
            }
          };
      Work work = () -> run(lifecycle.get(), progress);
      // What changes nothing is in nobody's way.
      JobReport report = dryRun ? work.run() : alone.run(job, progress, work);
      print(report, out);
      return report.isClean() ? 0 : EXIT_UNDONE;
    }

    private void print(JobReport report, PrintWriter out) {
      ObjectNode node = report.json();
      out.println(json ? Json.pretty(node) : summary(report));
      out.flush();
    }
  }

  /// One line that says what a run did.
  static String summary(JobReport report) {
    StringBuilder words = new StringBuilder(report.job().word());
    words.append(report.dryRun() ? " (dry run): " : ": ");
    String separator = "";
    for (var count : report.counts().entrySet()) {
      words.append(separator).append("%,d %s".formatted(count.getValue(), count.getKey().word()));
      separator = ", ";
    }
    if (report.counts().isEmpty()) {
      words.append("nothing to do");
    }
    if (report.usage().calls() > 0) {
      words.append(
          "; %,d model calls, %,d tokens"
              .formatted(report.usage().calls(), report.usage().total()));
    }
    return words.toString();
  }

  /// `agentic-memory digest`: new entries of diaries become short-term memories.
  @Command(
      name = "digest",
      description = "Make short-term memories of new entries in the agents' diaries.",
      mixinStandardHelpOptions = true)
  static final class DigestCommand extends JobCommand {

    private final Clock clock;

    @ArgGroup @Nullable Which which;

    /// Which days; at most one of these.
    static final class Which {
      @Option(names = "--today", description = "Only today's diaries (UTC).")
      boolean today;

      @Option(names = "--date", paramLabel = "YYYY-MM-DD", description = "Only this day's diaries.")
      @Nullable String date;

      @Option(names = "--all", description = "All diaries that there are.")
      boolean all;
    }

    DigestCommand(Supplier<Lifecycle> lifecycle, Alone alone, Clock clock) {
      super(Job.DIGEST, lifecycle, alone);
      this.clock = clock;
    }

    @Override
    JobReport run(Lifecycle jobs, Consumer<String> progress) throws InterruptedException {
      Digest digest = jobs.digest();
      JobReport report = digest.run(days(), dryRun, progress);
      if (report.count(Fate.WAITING) == 0 || dryRun) {
        return report;
      }
      progress.accept(
          "The last entry of a diary may still be written: looking again in %d seconds"
              .formatted(Digest.QUIET.toSeconds()));
      Thread.sleep(Digest.QUIET);
      return report.and(digest.run(days(), false, progress));
    }

    private Digest.Days days() {
      if (which == null) {
        return new Digest.Days.Recent();
      }
      if (which.all) {
        return new Digest.Days.All();
      }
      return new Digest.Days.Only(
          which.date == null
              ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
              : day(which.date));
    }

    private static LocalDate day(String text) {
      try {
        return LocalDate.parse(text);
      } catch (DateTimeParseException _) {
        throw new InvalidInput(
            "--date", "is not a day: \"%s\"".formatted(text), "Pass it as YYYY-MM-DD.");
      }
    }
  }

  /// `agentic-memory sync`: notes that agents keep become long-term memories.
  @Command(
      name = "sync",
      description = "Bring long-term memory in step with the agents' MEMORY.md.",
      mixinStandardHelpOptions = true)
  static final class SyncCommand extends JobCommand {

    SyncCommand(Supplier<Lifecycle> lifecycle, Alone alone) {
      super(Job.SYNC, lifecycle, alone);
    }

    @Override
    JobReport run(Lifecycle jobs, Consumer<String> progress) {
      return jobs.sync().run(dryRun, progress);
    }
  }

  /// `agentic-memory dream`: short-term memories become long-term ones.
  @Command(
      name = "dream",
      description = "Distil past days' diaries, archive old short-term memories, merge duplicates.",
      mixinStandardHelpOptions = true)
  static final class DreamCommand extends JobCommand {

    DreamCommand(Supplier<Lifecycle> lifecycle, Alone alone) {
      super(Job.DREAM, lifecycle, alone);
    }

    @Override
    JobReport run(Lifecycle jobs, Consumer<String> progress) {
      return jobs.dream().run(dryRun, progress);
    }
  }

  /// `agentic-memory jobs`: when jobs are due, and what they did.
  @Command(
      name = "jobs",
      description = "Show when digest, sync and dream are due and what their last runs did.",
      mixinStandardHelpOptions = true)
  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
  static final class JobsCommand implements Callable<Integer> {

    /// How many reports of one job are shown.
    private static final int REPORTS = 20;

    private final Supplier<Lifecycle> lifecycle;

    @Spec CommandSpec spec;

    @Parameters(
        arity = "0..1",
        paramLabel = "JOB",
        description = "Only this one, with its last 20 reports: ${COMPLETION-CANDIDATES}.")
    @Nullable Job job;

    JobsCommand(Supplier<Lifecycle> lifecycle) {
      this.lifecycle = lifecycle;
    }

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      Reports reports = lifecycle.get().reports();
      for (Job each : job == null ? List.of(Job.values()) : List.of(job)) {
        List<JobReport> last = reports.last(each, job == null ? 1 : REPORTS);
        out.printf(
            "%-7s next %s%n",
            each.word(),
            reports
                .due(each)
                .map(String::valueOf)
                .orElse("never: no process runs it at its times"));
        last.forEach(report -> print(report, out));
        if (last.isEmpty()) {
          out.println("        has not run yet");
        }
      }
      out.flush();
      return 0;
    }

    private static void print(JobReport report, PrintWriter out) {
      out.printf("        %s  %s%n", report.started(), summary(report));
      report.notes().forEach(note -> out.println("          note: " + Shown.of(note)));
      report.troubles().forEach(trouble -> out.println("          failed: " + Shown.of(trouble)));
    }
  }
}
