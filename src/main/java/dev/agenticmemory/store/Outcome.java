package dev.agenticmemory.store;

import dev.agenticmemory.domain.MemoryId;

/// How a change set ended. Every outcome but [Applied] means that nothing of it was done.
public sealed interface Outcome {

  /// All of it is done, and durable.
  record Applied() implements Outcome {}

  /// A live memory of the same scope has the text of an added one.
  record Duplicate(MemoryId existing) implements Outcome {}

  /// The memory was changed or removed since it was read; read it again and decide again.
  record Stale(MemoryId id) implements Outcome {}

  /// A mark that was to be new is there already.
  record Marked(Mark existing) implements Outcome {}

  /// A mark that was to be replaced is not what was read any more; read it again and decide again.
  record Superseded(Mark.Name name) implements Outcome {}

  /// The lease ran out, and another process may hold it.
  record LeaseLost(String taskId) implements Outcome {}
}
