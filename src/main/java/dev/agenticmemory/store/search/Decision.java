package dev.agenticmemory.store.search;

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
      @Nullable Erasing erasing)
      implements Decision<T> {}
}
