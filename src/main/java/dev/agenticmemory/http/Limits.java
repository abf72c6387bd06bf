package dev.agenticmemory.http;

/// What callers may ask for whose token has no limits of its own.
///
/// @param requestsPerMinute of one caller, over some seconds on average; 0 for no limit
/// @param bodyBytesMax longest body of a request
/// @param bodiesBytesMax most of all large bodies that are under way together
public record Limits(int requestsPerMinute, int bodyBytesMax, int bodiesBytesMax) {

  private static final int BODIES_BYTES = 64 * 1024 * 1024;

  /// With 64 MiB for all bodies together, or what one body may have where that is more.
  public Limits(int requestsPerMinute, int bodyBytesMax) {
    this(requestsPerMinute, bodyBytesMax, Math.max(BODIES_BYTES, bodyBytesMax));
  }
}
