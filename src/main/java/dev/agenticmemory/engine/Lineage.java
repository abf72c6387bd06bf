package dev.agenticmemory.engine;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.List;

/// Which memories went into which, as marks: who deletes a memory deletes the texts of those too.
final class Lineage {

  private static final String KIND = "merged-into-";

  /// Most that go into one memory.
  private static final int SOURCES_MAX = 100_000;

  private Lineage() {}

  static Change put(UserId user, MemoryId from, MemoryId into, Instant now) {
    Mark.Name name = new Mark.Name(KIND + into, user.value(), from.toString());
    return new Change.PutMark(new Mark(name, "", now));
  }

  /// What went into a memory.
  static List<MemoryId> of(MemoryStore store, UserId user, MemoryId into) {
    return store.marks(KIND + into, user.value(), SOURCES_MAX).stream()
        .map(mark -> MemoryId.parse(mark.name().key()))
        .toList();
  }
}
