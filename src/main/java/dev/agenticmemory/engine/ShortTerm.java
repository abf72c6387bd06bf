package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The short-term memories of a user, run by run, however many there are: of each run only ids are
/// held, and memories in batches.
final class ShortTerm {

  private static final int RUNS_MAX = 100_000;

  private final MemoryStore store;
  private final UserId user;
  private final Instant now;

  ShortTerm(MemoryStore store, UserId user, Instant now) {
    this.store = store;
    this.user = user;
    this.now = now;
  }

  /// The runs that may have memories of before `day`, oldest first.
  List<RunId> runsBefore(LocalDate day) {
    return store.runs(user, RUNS_MAX).reversed().stream()
        .map(RunSummary::run)
        // A run that is no date has the days on which its memories were made.
        .filter(run -> Selection.dayOf(run, Instant.EPOCH).isBefore(day))
        .toList();
  }

  /// The settled memories of a run that are of before `day`, oldest first, in batches.
  ///
  /// @param batchMax most memories of a batch
  void batches(RunId run, LocalDate day, int batchMax, Consumer<List<Memory>> work) {
    List<MemoryId> ids = ids(run);
    for (int from = 0; from < ids.size(); from += batchMax) {
      List<Memory> batch =
          ids.subList(from, Math.min(ids.size(), from + batchMax)).stream()
              .flatMap(id -> store.find(id).stream())
              .filter(memory -> memory.content().stage() == Stage.SETTLED)
              .filter(memory -> !memory.times().expiredAt(now))
              .filter(memory -> Selection.dayOf(run, memory.times().created()).isBefore(day))
              .toList();
      if (!batch.isEmpty()) {
        work.accept(batch);
      }
    }
  }

  private List<MemoryId> ids(RunId run) {
    Selection selection =
        new Selection(
            user,
            null,
            new Selection.Runs.Only(run),
            Sharing.OFF,
            new Selection.Moment.Live(now),
            Filter.ALL);
    List<MemoryId> ids = new ArrayList<>();
    Pages.each(store, selection, memory -> ids.add(memory.id()));
    return ids.reversed();
  }
}
