package dev.agenticmemory.domain;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// When things happened to a memory. UTC, in whole milliseconds, which every store can keep.
///
/// @param created when it was first stored
/// @param updated when its text last changed; never before `created`
/// @param observed when what it tells happened; null where nobody said
/// @param expires from when on it is not found any more; null for never
public record Times(
    Instant created, Instant updated, @Nullable Instant observed, @Nullable Instant expires) {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  public Times {
    created = created.truncatedTo(ChronoUnit.MILLIS);
    updated = updated.truncatedTo(ChronoUnit.MILLIS);
    observed = checked("observed_at", observed);
    expires = checked("expires_at", expires);
    if (updated.isBefore(created)) {
      throw new IllegalArgumentException("updated " + updated + " is before created " + created);
    }
  }

  /// The best guess at when what it tells happened.
  public Instant happened() {
    return observed == null ? created : observed;
  }

  public boolean expiredAt(Instant now) {
    return expires != null && !expires.isAfter(now);
  }

  /// These times after a change at `now`. A clock that went back does not make it older.
  public Times updatedAt(Instant now) {
    return new Times(created, now.isBefore(updated) ? updated : now, observed, expires);
  }

  /// These times with another end; null for none.
  public Times expiring(@Nullable Instant end) {
    return new Times(created, updated, observed, end);
  }

  private static @Nullable Instant checked(String argument, @Nullable Instant instant) {
    if (instant == null) {
      return null;
    }
    if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
      throw new InvalidInput(
          argument, "is outside the years 1 to 9999", "Pass an ISO-8601 time of that range.");
    }
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }
}
