package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is looked for, as the indexes need it.
///
/// @param embedding the meaning; null to look for words alone
/// @param terms the distinct words, as the analyser gives them; empty to look for meaning alone
/// @param limit how many candidates by meaning, and how many by words; at least 1
public record Query(@Nullable Embedding embedding, List<String> terms, int limit) {
  public Query {
    terms = List.copyOf(terms);
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, is " + limit);
    }
  }
}
