package dev.agenticmemory.engine;

import java.util.List;

/// What a search found.
///
/// @param hits best first
/// @param filtered how many more were left out because they were below `min_score`
public record Found(List<Hit> hits, int filtered) {
  public Found {
    hits = List.copyOf(hits);
  }
}
