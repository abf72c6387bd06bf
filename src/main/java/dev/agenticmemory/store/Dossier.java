package dev.agenticmemory.store;

import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that a store keeps of one memory, as it is moved to another store.
///
/// @param scope whose it is, or was
/// @param states every state it was in, oldest first, at most one of them live; none of one that
///   was erased
/// @param history oldest first, at least one entry
public record Dossier(MemoryId id, Scope scope, List<State> states, List<HistoryEntry> history) {

  /// A state of the memory.
  ///
  /// @param from when it began to hold
  /// @param until when it no longer held; null while it does
  public record State(Memory memory, Features features, Instant from, @Nullable Instant until) {}

  public Dossier {
    states = List.copyOf(states);
    history = List.copyOf(history);
  }
}
