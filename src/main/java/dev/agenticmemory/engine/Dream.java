package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes long-term memory of short-term memory, every night.
///
/// What has expired is purged; the diaries of past days are distilled; short-term memories that are
/// old enough are weighed and archived; long-term memories that say nearly the same are merged.
/// Each step is done in change sets that are whole by themselves, so a run that ends anywhere is
/// gone on with by the next, and a run that has nothing to do asks no model.
public final class Dream {

  private static final int USERS_MAX = 100_000;
  private static final int PURGED_PER_CHANGE = 200;

  private final Parts parts;
  private final MemoryStore store;
  private final @Nullable LanguageModel model;
  private final Digest digest;
  private final Lifecycle.Settings settings;

  /// @param model null where none is configured: certain duplicates are found then, nothing is
  ///   distilled
  Dream(Parts parts, @Nullable LanguageModel model, Digest digest, Lifecycle.Settings settings) {
    this.parts = parts;
    this.store = parts.store();
    this.model = model;
    this.digest = digest;
    this.settings = settings;
  }

  /// Does a night's work, and that of missed nights, and keeps a report.
  ///
  /// @param dryRun only says what it would look at; asks no model
  /// @param progress told what is being done, a line each
  public JobReport run(boolean dryRun, Consumer<String> progress) {
    Run run = new Run(Job.DREAM, parts.clock().instant(), dryRun, progress);
    // What the diaries got since the last digest belongs to the night too.
    run.part(() -> run.leftBy(digest.run(new Digest.Days.Recent(), dryRun, progress)));
    run.part(() -> purge(run));
    LocalDate today = LocalDate.ofInstant(run.started(), ZoneOffset.UTC);
    run.part(() -> distil(today, run));
    run.part(() -> store.users("", USERS_MAX).forEach(user -> consolidate(user, today, run)));
    JobReport report = run.report(parts.clock().instant());
    if (!dryRun) {
      new Reports(store).keep(report);
    }
    return report;
  }

  private void distil(LocalDate today, Run run) {
    if (model != null) {
      Judgement judgement = new Judgement(store, model, Lifecycle.RELATED);
      new DiaryFacts(parts, judgement, model, run).distil(settings.user(), today);
    }
  }

  private void consolidate(UserId user, LocalDate today, Run run) {
    Judgement related = new Judgement(store, model, Lifecycle.RELATED);
    Judgement alike = new Judgement(store, model, Lifecycle.ALIKE);
    LocalDate before = today.minusDays(settings.archiveAfterDays() - 1L);
    run.part(() -> new Archive(parts, related, model != null, run).archive(user, before));
    run.part(() -> new Merging(parts, alike, model != null, run).merge(user));
  }

  /// Removes what has expired. No seal stays: nobody deleted it.
  private void purge(Run run) {
    Instant now = run.started();
    List<Memory> expired = store.expired(now, PURGED_PER_CHANGE);
    while (!expired.isEmpty()) {
      run.pause();
      run.count(Fate.PURGED, expired.size());
      List<Change> changes = expired.stream().map(memory -> erase(memory, now)).toList();
      if (run.isDry() || !(parts.writer().apply(changes) instanceof Outcome.Applied)) {
        return; // What was changed meanwhile is looked at by the next run.
      }
      expired = store.expired(now, PURGED_PER_CHANGE);
    }
  }

  private static Change erase(Memory memory, Instant now) {
    HistoryEntry history =
        new HistoryEntry(
            memory.id(), Event.DELETE, null, null, now, Erasures.DREAM, "expired", null);
    return new Change.Erase(memory.id(), memory.version(), history, false);
  }
}
