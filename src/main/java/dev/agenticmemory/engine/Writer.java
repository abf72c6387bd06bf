package dev.agenticmemory.engine;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The one way by which use cases write memories, so that whoever shows them learns of it.
public final class Writer {

  private final MemoryStore store;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  public Writer(MemoryStore store) {
    this.store = store;
  }

  /// Calls `listener` after each write of this process that changed something. It must be quick.
  public void onWrite(Runnable listener) {
    listeners.add(listener);
  }

  Outcome apply(List<Change> changes) {
    Outcome outcome = store.apply(changes);
    if (outcome instanceof Outcome.Applied) {
      listeners.forEach(Runnable::run);
    }
    return outcome;
  }

  boolean erase(MemoryId id, Instant now, String actor) {
    boolean erased = store.erase(id, now, actor);
    if (erased) {
      listeners.forEach(Runnable::run);
    }
    return erased;
  }

  long erase(Extent extent, Instant now, String actor) {
    long erased = store.erase(extent, now, actor);
    if (erased > 0) {
      listeners.forEach(Runnable::run);
    }
    return erased;
  }
}
