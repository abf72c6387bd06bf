package dev.agenticmemory.engine;

import dev.agenticmemory.rerank.Reranker;
import org.jspecify.annotations.Nullable;

/// What is done with hits after they are ranked.
///
/// @param reranker reads the best of them; null for none
/// @param diversity how much a hit loses that repeats the words of a better one: from 0, nothing,
///   to 1, all
public record Refinement(@Nullable Reranker reranker, double diversity) {

  public static final Refinement NONE = new Refinement(null, 0);

  public Refinement {
    if (!(diversity >= 0 && diversity <= 1)) {
      throw new IllegalArgumentException("A diversity of " + diversity);
    }
  }
}
