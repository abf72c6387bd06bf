package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// That a memory of an agent's files holds what somebody else said too, so that it outlives what
/// stands there: an add was told that it is stored already, or another memory went into it.
final class Reliance {

  private static final String KIND = "relied-on";

  /// Where memories follow their files.
  private static final Set<Source> FILES = Set.of(Source.SYNC, Source.DIGEST);

  private Reliance() {}

  /// Adds what makes it known, once for a memory. The memory gets a new version, so that whoever is
  /// about to end it decides again.
  ///
  /// @param changes those of the change set in which it is said
  static void note(
      MemoryStore store, Memory memory, Instant now, String actor, List<Change> changes) {
    Change mark = new Change.PutMark(new Mark(name(memory), "", now));
    if (!FILES.contains(memory.origin().source())
        || changes.contains(mark)
        || store.mark(name(memory)).isPresent()) {
      return;
    }
    changes.add(mark);
    boolean changed =
        changes.stream()
            .anyMatch(c -> c instanceof Change.Annotate a && a.memory().id().equals(memory.id()));
    if (!changed) {
      changes.add(said(memory, now, actor));
    }
  }

  private static Change said(Memory memory, Instant now, String actor) {
    Memory after =
        new Memory(
            memory.id(),
            memory.scope(),
            memory.content(),
            memory.origin(),
            memory.times(),
            memory.version() + 1);
    String text = memory.text();
    return new Change.Annotate(
        after,
        new HistoryEntry(
            memory.id(), Event.UPDATE, text, text, now, actor, "said elsewhere too", null));
  }

  /// Whether anything but its file rests on a memory.
  static boolean isOn(MemoryStore store, Memory memory) {
    return store.mark(name(memory)).isPresent()
        || !Lineage.of(store, memory.scope().user(), memory.id()).isEmpty();
  }

  private static Mark.Name name(Memory memory) {
    return new Mark.Name(KIND, memory.scope().user().value(), memory.id().toString());
  }
}
