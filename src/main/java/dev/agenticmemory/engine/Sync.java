package dev.agenticmemory.engine;

import dev.agenticmemory.domain.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// Keeps long-term memory in step with the notes that agents keep for good.
///
/// Each item of a section is known by a keyed hash: what is unchanged costs neither a model nor an
/// embedding. What is new is judged beside what is remembered, what was edited updates its memory,
/// and what is gone ends the memory that was there because of it alone.
public final class Sync {

  /// How often notes are read anew because others sync them at the same time.
  private static final int ROUNDS_MAX = 5;

  private final Parts parts;
  private final Judgement judgement;
  private final Workspaces workspaces;
  private final UserId user;

  Sync(Parts parts, Judgement judgement, Workspaces workspaces, UserId user) {
    this.parts = parts;
    this.judgement = judgement;
    this.workspaces = workspaces;
    this.user = user;
  }

  /// Reads the notes of all agents, and keeps a report.
  ///
  /// @param dryRun only says what it would do, as far as that can be said without a model
  /// @param progress told what is being done, a line each
  public JobReport run(boolean dryRun, Consumer<String> progress) {
    Run run = new Run(Job.SYNC, parts.clock().instant(), dryRun, progress);
    workspaces.missing().forEach(run::note);
    run.part(() -> workspaces.all().forEach(each -> run.part(() -> sync(each, run))));
    JobReport report = run.report(parts.clock().instant());
    if (!dryRun) {
      new Reports(parts.store()).keep(report);
    }
    return report;
  }

  private void sync(Workspace workspace, Run run) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      run.pause();
      if (isInStep(workspace, run)) {
        return;
      }
    }
    run.failed(
        "Others sync the notes of %s all the time: left for the next run"
            .formatted(workspace.agent()),
        1);
  }

  /// False where somebody else synced the same notes meanwhile.
  private boolean isInStep(Workspace workspace, Run run) {
    Optional<Workspace.Notes> notes = workspace.notes();
    if (notes.isEmpty()) {
      return true; // Without a file nothing is said: it may be being replaced, or out of reach.
    }
    Instant now = parts.clock().instant();
    if (Duration.between(notes.get().changed(), now).abs().compareTo(Digest.QUIET) < 0) {
      run.count(Fate.WAITING);
      run.say(
          "%s: its notes are being written; they are read next time".formatted(workspace.agent()));
      return true;
    }
    return new AgentNotes(parts, judgement, user, workspace.agent(), run)
        .sync(notes.get().sections());
  }
}
