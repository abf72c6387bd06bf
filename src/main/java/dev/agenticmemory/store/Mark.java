package dev.agenticmemory.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A small named fact that the program keeps for itself: an idempotency key that was used, a diary
/// entry that was read, a report of a job.
///
/// @param name by which it is found; there is one mark a name
/// @param value anything, by convention JSON
/// @param written when it was written
public record Mark(Name name, String value, Instant written) {

  /// By what a mark is found.
  ///
  /// @param kind what kind of mark, such as `idempotency`
  /// @param user whose it is, so that it goes with the user's memories; null for the installation's
  /// @param key distinguishes the marks of one kind and user
  public record Name(String kind, @Nullable String user, String key) {}
}
