package dev.agenticmemory.remote;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An answer that is not a success.
public final class BadStatus extends HttpException {

  private final transient @Nullable Duration retryAfter;

  /// @param words what the provider says of it
  /// @param retryAfter how long it asks to wait; null where it does not say
  public BadStatus(int status, String words, @Nullable Duration retryAfter) {
    super(status, words);
    this.retryAfter = retryAfter;
  }

  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
