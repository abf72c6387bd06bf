package dev.agenticmemory.store;

import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;

/// One step of a change set. See [MemoryStore#apply] for what holds for all of them together.
public sealed interface Change {

  /// Stores a new memory. Refused as [Outcome.Duplicate] where a live memory of exactly this scope
  /// has the same text hash and has not expired when this one is created.
  ///
  /// @param memory of version 1
  record Add(Memory memory, Features features, HistoryEntry history) implements Change {
    public Add {
      if (memory.version() != 1) {
        throw new IllegalArgumentException("A new memory has version 1, not " + memory.version());
      }
    }
  }

  /// Gives a live memory another text. The text before stays, for questions `as of` an earlier
  /// time. Refused as [Outcome.Stale] unless the live version is the one before `memory`'s.
  ///
  /// @param features of the new text
  record Revise(Memory memory, Features features, HistoryEntry history) implements Change {}

  /// Changes a live memory in anything but its text, which keeps its features. Refused as
  /// [Outcome.Stale] unless the live version is the one before `memory`'s.
  record Annotate(Memory memory, HistoryEntry history) implements Change {}

  /// Takes a live memory out of what is found, as consolidation does: superseded, merged or
  /// archived. Its text stays in history and for questions `as of` an earlier time. Refused as
  /// [Outcome.Stale] unless it is live with this version.
  record Retire(MemoryId id, long version, HistoryEntry history) implements Change {}

  /// Removes a memory as its user wants it: text, vectors, earlier versions, its tasks and the
  /// texts in its history; a seal remains, see [MemoryStore#forgotten]. Refused as [Outcome.Stale]
  /// unless it is live with this version.
  ///
  /// @param history without texts
  /// @param sealed whether a seal remains; false for what no user deleted, such as an input of
  ///   which facts were made
  record Erase(MemoryId id, long version, HistoryEntry history, boolean sealed) implements Change {

    /// As its user wants it.
    public Erase(MemoryId id, long version, HistoryEntry history) {
      this(id, version, history, true);
    }

    public Erase {
      if (history.oldText() != null || history.newText() != null) {
        throw new IllegalArgumentException("The history of an erasure holds no text");
      }
    }
  }

  /// A change of marks and tasks, which no memory sees.
  sealed interface Bookkeeping extends Change {}

  /// Writes a mark, replacing one of the same name.
  record PutMark(Mark mark) implements Bookkeeping {}

  /// Writes a mark that must not be there yet. Refused as [Outcome.Marked] where it is.
  record ClaimMark(Mark mark) implements Bookkeeping {}

  /// Writes a mark in place of what was read of it. Refused as [Outcome.Superseded] where it has
  /// another value by now, or is gone.
  ///
  /// @param before the value that was read
  record ReplaceMark(Mark mark, String before) implements Bookkeeping {}

  /// Removes a mark; nothing happens where there is none.
  record RemoveMark(Mark.Name name) implements Bookkeeping {}

  /// Writes a task, replacing one of the same id, and with it any lease on that.
  record PutTask(Task task) implements Bookkeeping {}

  /// Ends a task that this process holds. Refused as [Outcome.LeaseLost] where it does not any
  /// more.
  record EndTask(Lease lease) implements Bookkeeping {}
}
