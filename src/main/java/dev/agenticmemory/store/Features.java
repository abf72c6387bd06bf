package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.text.Terms;
import java.util.List;

/// What the indexes know a text by.
///
/// @param passages the meaning of each passage, in order, at least one: a long text is found by any
///   part of it
/// @param analysis its words as the analyser gives them
public record Features(List<Embedding> passages, Terms analysis) {
  public Features {
    passages = List.copyOf(passages);
    if (passages.isEmpty()) {
      throw new IllegalArgumentException("A text has at least one passage");
    }
  }

  /// Of a text that is no question and has no words but these.
  public Features(List<Embedding> passages, List<String> terms) {
    this(passages, new Terms(terms, terms.size(), false));
  }

  public List<String> terms() {
    return analysis.words();
  }
}
