package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import org.jspecify.annotations.Nullable;

/// Is told of everything that somebody did, or tried to do.
///
/// Called on the thread of the call, after it; must not throw.
public interface Audit {

  /// Notes nothing.
  Audit NONE = (_, _, _, _, _) -> {};

  /// One call.
  ///
  /// @param action the tool or route, such as `add_memory` or `POST /memory/add`
  /// @param arguments as the caller sent them
  /// @param answer null where it failed
  /// @param failure null where it did not
  void note(
      Caller caller,
      String action,
      ObjectNode arguments,
      @Nullable ObjectNode answer,
      @Nullable MemoryException failure);
}
