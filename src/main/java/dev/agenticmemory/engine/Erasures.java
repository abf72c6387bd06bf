package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Ledger.Line;
import dev.agenticmemory.store.MemoryStore;
import java.util.List;

/// Who ended a memory that is no longer there.
final class Erasures {

  /// What history says of jobs that remove texts which live on elsewhere, or have expired.
  static final String DREAM = "dream";

  /// What history says of a diary entry that goes since its user deleted what was made of it.
  static final String WITHDRAWN = "archived: its user deleted what it says";

  private Erasures() {}

  /// Whether its user deleted what an entry is told by.
  static boolean byUser(MemoryStore store, Line line) {
    return line.memory() == null || byUser(store, line.memory());
  }

  /// Whether its user deleted it: its texts are gone, and no job did that of its own accord.
  static boolean byUser(MemoryStore store, MemoryId id) {
    List<HistoryEntry> history = store.history(id);
    if (history.isEmpty()) {
      return false;
    }
    HistoryEntry last = history.getLast();
    return last.event() == Event.DELETE
        && last.oldText() == null
        && (!last.actor().equals(DREAM) || WITHDRAWN.equals(last.reason()));
  }
}
