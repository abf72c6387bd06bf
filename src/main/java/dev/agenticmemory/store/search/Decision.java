package dev.agenticmemory.store.search;

import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.search.Head.Erasing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to happen after a look at a [Snapshot].
///
/// @param <T> what the caller is told
sealed interface Decision<T> {

  T answer();

  /// Nothing is written.
  record Leave<T>(T answer) implements Decision<T> {}

  /// These documents are written, as the revision after the snapshot's; see [Intent].
  record Write<T>(
      T answer,
      List<Operation> additions,
      List<Operation> closures,
      List<Operation> sweep,
      @Nullable Erasing erasing,
      @Nullable StoreKey key)
      implements Decision<T> {

    /// Documents alone.
    Write(T answer, List<Operation> additions, List<Operation> closures, List<Operation> sweep) {
      this(answer, additions, closures, sweep, null, null);
    }

    /// Nothing of its own: what is due is swept with it.
    Write(T answer) {
      this(answer, List.of(), List.of(), List.of(), null, null);
    }

    /// An erasure alone.
    Write(T answer, Erasing erasing) {
      this(answer, List.of(), List.of(), List.of(), erasing, null);
    }

    /// A new key alone.
    Write(T answer, StoreKey key) {
      this(answer, List.of(), List.of(), List.of(), null, key);
    }
  }
}
