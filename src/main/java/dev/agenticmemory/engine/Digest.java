package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes of each new entry of the agents' diaries one short-term memory of its day.
///
/// An entry is known by a keyed hash of what it says, which is claimed in the change set that
/// stores it: so it is stored once, wherever in the file it stands and whoever else digests at the
/// same time. No model is asked.
public final class Digest {

  /// How long a file must be left alone before its last entry counts as complete. An entry that is
  /// written in pieces with longer pauses is taken half, and mended by the next digest.
  public static final Duration QUIET = Duration.ofSeconds(10);

  /// How many days back are read without being asked for: as long as short-term memory is.
  private static final int DAYS_BACK = 7;

  private static final String THROUGH = "digested";

  /// Which days are read.
  public sealed interface Days {
    /// The last days, and all since the last digest.
    record Recent() implements Days {}

    /// This day alone.
    record Only(LocalDate day) implements Days {}

    /// Every diary that there is.
    record All() implements Days {}
  }

  private final MemoryStore store;
  private final Parts parts;
  private final Workspaces workspaces;
  private final UserId user;
  private final Clock clock;

  Digest(Parts parts, Workspaces workspaces, UserId user) {
    this.store = parts.store();
    this.parts = parts;
    this.workspaces = workspaces;
    this.user = user;
    this.clock = parts.clock();
  }

  /// Reads the diaries, and keeps a report.
  ///
  /// @param dryRun only says what it would do
  /// @param progress told what is being done, a line each
  public JobReport run(Days days, boolean dryRun, Consumer<String> progress) {
    Run run = new Run(Job.DIGEST, clock.instant(), dryRun, progress);
    run.part(() -> read(days, run));
    JobReport report = run.report(clock.instant());
    if (!dryRun) {
      new Reports(store).keep(report);
    }
    return report;
  }

  private void read(Days days, Run run) {
    List<Workspace> all = workspaces.all();
    if (all.isEmpty()) {
      run.note(workspaces.hint());
    }
    workspaces.missing().forEach(run::note);
    for (Workspace workspace : all) {
      run.part(() -> read(workspace, days, run));
    }
  }

  private void read(Workspace workspace, Days days, Run run) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    List<LocalDate> wanted =
        switch (days) {
          case Days.Recent() -> workspace.days(since(workspace.agent(), today));
          case Days.Only(LocalDate day) -> List.of(day);
          case Days.All() -> workspace.days(LocalDate.MIN);
        };
    List<LocalDate> failed = new ArrayList<>();
    for (LocalDate day : wanted) {
      run.pause();
      if (!run.part(() -> new DiaryDay(parts, user, workspace, day, run).digest())) {
        failed.add(day);
      }
    }
    if (!run.isDry() && !(days instanceof Days.Only)) {
      putThrough(workspace, today, failed);
    }
  }

  /// From when on diaries are read: a machine that was off for a month missed a month.
  private LocalDate since(AgentId agent, LocalDate today) {
    LocalDate usual = today.minusDays(DAYS_BACK);
    Optional<LocalDate> last =
        store.mark(through(agent)).map(mark -> LocalDate.parse(mark.value()).minusDays(1));
    return last.filter(day -> day.isBefore(usual)).orElse(usual);
  }

  /// The next digest begins with the first day that failed, and with what this one could not reach.
  private void putThrough(Workspace workspace, LocalDate today, List<LocalDate> failed) {
    AgentId agent = workspace.agent();
    Optional<Mark> known = store.mark(through(agent));
    if (known.isPresent() && !workspace.isThere()) {
      return;
    }
    LocalDate since = since(agent, today);
    String through =
        failed.stream()
            .filter(day -> !day.isBefore(since))
            .map(day -> day.plusDays(1)) // The day before the mark is read again.
            .filter(day -> day.isBefore(today))
            .findFirst()
            .orElse(today)
            .toString();
    if (known.filter(mark -> mark.value().equals(through)).isEmpty()) {
      Mark mark = new Mark(through(agent), through, clock.instant());
      var _ = parts.writer().apply(List.of(new Change.PutMark(mark)));
    }
  }

  private Mark.Name through(AgentId agent) {
    return new Mark.Name(THROUGH, user.value(), agent.value());
  }
}
