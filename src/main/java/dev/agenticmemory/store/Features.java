package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import java.util.List;

/// What the indexes know a text by.
///
/// @param passages the meaning of each passage, in order, at least one: a long text is found by any
///   part of it
/// @param terms its words as the analyser gives them, in order, repeated as often as they occur
public record Features(List<Embedding> passages, List<String> terms) {
  public Features {
    passages = List.copyOf(passages);
    terms = List.copyOf(terms);
    if (passages.isEmpty()) {
      throw new IllegalArgumentException("A text has at least one passage");
    }
  }
}
