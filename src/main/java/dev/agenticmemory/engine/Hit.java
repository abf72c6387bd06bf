package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Memory;

/// One found memory.
///
/// @param score by which hits are ordered, in [0, 1], higher is better: relevance, and where it was
///   asked for recency
/// @param relevance the score before recency
/// @param label which kind of memory it is to the one who asks
/// @param parts how the score came about
public record Hit(Memory memory, double score, double relevance, Label label, Ranking.Parts parts) {

  public enum Label {
    LONG_TERM,
    SHORT_TERM,
    /// Another agent's, or another user's, that is shared.
    SHARED
  }
}
