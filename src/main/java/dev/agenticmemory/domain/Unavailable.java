package dev.agenticmemory.domain;

import org.jspecify.annotations.Nullable;

/// Something that the program needs did not answer. Trying again later may work.
public final class Unavailable extends MemoryException {

  /// A failure of one part.
  ///
  /// @param what which part did not answer, and why; never a secret
  public Unavailable(String what, String hint, @Nullable Throwable cause) {
    super(what, hint, cause);
  }
}
