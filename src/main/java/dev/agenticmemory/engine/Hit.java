package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Memory;
import org.jspecify.annotations.Nullable;

/// One found memory.
///
/// @param score by which hits are ordered, in [0, 1], higher is better: relevance, and where it was
///   asked for recency and diversity
/// @param relevance the score before recency
/// @param label which kind of memory it is to the one who asks
/// @param explanation how the score came about
public record Hit(
    Memory memory, double score, double relevance, Label label, Explanation explanation) {

  /// How a score came about.
  ///
  /// @param parts what the memory's place comes from
  /// @param calibrated the score of these parts, in [0, 1]
  /// @param reranked what the reranker made of it, in [0, 1]; null where none read it
  /// @param recency the factor for age
  /// @param novelty the factor for what better hits say already
  public record Explanation(
      Ranking.Parts parts,
      double calibrated,
      @Nullable Double reranked,
      double recency,
      double novelty) {}

  public enum Label {
    LONG_TERM,
    SHORT_TERM,
    /// Another agent's, or another user's, that is shared.
    SHARED
  }
}
