package dev.agenticmemory.auth;

import dev.agenticmemory.domain.InvalidInput;
import org.jspecify.annotations.Nullable;

/// What one token may ask for, in place of what all others may.
///
/// @param requestsPerMinute 0 for no limit; null for that of all
/// @param bodyBytesMax longest body of a request; null for that of all
public record Allowance(@Nullable Integer requestsPerMinute, @Nullable Integer bodyBytesMax) {

  /// That of all.
  public static final Allowance USUAL = new Allowance(null, null);

  private static final int REQUESTS_PER_MINUTE_MAX = 1_000_000;

  /// A token whose bodies are shorter could not be used.
  private static final int BODY_BYTES_LEAST = 1_024;

  /// What all large bodies together have: a longer one would never get room.
  private static final int BODY_BYTES_MOST = 64 * 1024 * 1024;

  public Allowance {
    requireWithin("requests_per_minute", requestsPerMinute, 0, REQUESTS_PER_MINUTE_MAX);
    requireWithin("body_bytes_max", bodyBytesMax, BODY_BYTES_LEAST, BODY_BYTES_MOST);
  }

  private static void requireWithin(String argument, @Nullable Integer value, int min, int max) {
    if (value != null && (value < min || value > max)) {
      throw new InvalidInput(
          argument,
          "is %d; from %d to %d is allowed".formatted(value, min, max),
          "Pass a number in these limits, or leave it out for that of all tokens.");
    }
  }

  /// The limit on requests, where that of all is `usual`.
  public int requestsPerMinuteOr(int usual) {
    return requestsPerMinute == null ? usual : requestsPerMinute;
  }

  /// The limit on bodies, where that of all is `usual`.
  public int bodyBytesMaxOr(int usual) {
    return bodyBytesMax == null ? usual : bodyBytesMax;
  }
}
