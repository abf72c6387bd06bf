package dev.agenticmemory.domain;

import org.jspecify.annotations.Nullable;

/// A failure that someone can act on. Each subclass says who.
///
/// The edges (MCP, HTTP, command line) translate with one `switch` over the permitted classes. A
/// bug is not a `MemoryException`: it stays an `IllegalStateException` or
/// `IllegalArgumentException`.
public abstract sealed class MemoryException extends RuntimeException
    permits InvalidInput, NotFound, Conflict, Forbidden, Unavailable {

  private final String hint;

  /// @param hint what the reader can do next, as one imperative sentence
  MemoryException(String message, String hint, @Nullable Throwable cause) {
    if (hint.isBlank()) {
      throw new IllegalArgumentException("An error without a next step: " + message);
    }
    super(message, cause);
    this.hint = hint;
  }

  /// What went wrong, without a full stop.
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /// What the reader can do next, as one imperative sentence.
  public String hint() {
    return hint;
  }
}
