package dev.agenticmemory.store;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A small named fact that the program keeps for itself: an idempotency key that was used, a diary
/// entry that was read, a report of a job.
///
/// @param name by which it is found; there is one mark a name
/// @param value anything, by convention JSON
/// @param written when it was written
public record Mark(Name name, String value, Instant written) {

  /// Writes this mark if there is nothing else under its name by now than what was read there.
  ///
  /// @param before what was read; empty where there was nothing
  public Change inPlaceOf(Optional<Mark> before) {
    return before
        .<Change>map(mark -> new Change.ReplaceMark(this, mark.value()))
        .orElseGet(() -> new Change.ClaimMark(this));
  }

  /// By what a mark is found.
  ///
  /// @param kind what kind of mark, such as `idempotency`
  /// @param user whose it is, so that it goes with the user's memories; null for the installation's
  /// @param key distinguishes the marks of one kind and user
  public record Name(String kind, @Nullable String user, String key) {}
}
