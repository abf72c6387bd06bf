package dev.agenticmemory.domain;

import org.jspecify.annotations.Nullable;

/// Something that the program needs did not answer, or cannot be used.
public final class Unavailable extends MemoryException {

  private final boolean passing;

  /// One part did not answer. Trying again later may work.
  ///
  /// @param what which part did not answer, and why; never a secret
  public Unavailable(String what, String hint, @Nullable Throwable cause) {
    this(what, hint, cause, true);
  }

  private Unavailable(String what, String hint, @Nullable Throwable cause, boolean passing) {
    super(what, hint, cause);
    this.passing = passing;
  }

  /// One part cannot be used before a person has acted. Trying again is of no use.
  public static Unavailable untilMended(String what, String hint, @Nullable Throwable cause) {
    return new Unavailable(what, hint, cause, false);
  }

  /// Whether trying again later may work.
  public boolean isPassing() {
    return passing;
  }
}
