package dev.agenticmemory.remote;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/// The `Retry-After` header: seconds, or a date.
public final class RetryAfter {

  /// Longest wait that is believed.
  private static final Duration MAX = Duration.ofHours(1);

  private RetryAfter() {}

  /// How long to wait; null where the header says nothing that can be read.
  public static @Nullable Duration parse(@Nullable String header, Clock clock) {
    if (header == null) {
      return null;
    }
    Duration wait = duration(header.strip(), clock.instant());
    if (wait == null || wait.isNegative()) {
      return null;
    }
    return wait.compareTo(MAX) > 0 ? MAX : wait;
  }

  private static @Nullable Duration duration(String text, Instant now) {
    try {
      if (text.matches("\\d{1,9}(\\.\\d+)?")) {
        return Duration.ofMillis((long) (Double.parseDouble(text) * 1_000));
      }
      return Duration.between(
          now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException _) {
      return null;
    }
  }
}
