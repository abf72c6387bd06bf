package dev.agenticmemory.store;

import dev.agenticmemory.domain.MemoryId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Which part of a long list, newest first, is wanted.
///
/// @param after only what comes after this place; null from the start
/// @param offset how many to pass over from there
/// @param limit how many at most, at least 1
public record Window(@Nullable Place after, int offset, int limit) {

  /// A place in the list: between the memory of this time and id and the one after it.
  public record Place(Instant created, MemoryId id) {}

  public Window {
    if (offset < 0 || limit < 1) {
      throw new IllegalArgumentException("offset %d, limit %d".formatted(offset, limit));
    }
  }
}
