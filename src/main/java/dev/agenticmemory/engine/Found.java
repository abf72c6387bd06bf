package dev.agenticmemory.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a search found.
///
/// @param hits best first
/// @param filtered how many more were left out because they were below `min_score`
/// @param nextCursor where the next page begins; null where there is none
/// @param note what the caller should know of how it was found; null for nothing
public record Found(
    List<Hit> hits, int filtered, @Nullable String nextCursor, @Nullable String note) {
  public Found {
    hits = List.copyOf(hits);
  }

  /// All of it, with nothing to say about it.
  public Found(List<Hit> hits, int filtered) {
    this(hits, filtered, null, null);
  }
}
