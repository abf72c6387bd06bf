package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import java.util.List;

/// What the indexes know a text by.
///
/// @param passages the meaning of each passage, in order: a long text is found by any part of it.
///   Empty where the embedding model could not be asked: such a text is found by its words alone
/// @param terms its words as the analyser gives them, in order, repeated as often as they occur;
///   single Chinese, Japanese and Korean characters, which are indexed beside the pairs, at the end
/// @param tokens how many words it has in all, those that the analyser leaves out included
/// @param question whether it ends as a question
public record Features(List<Embedding> passages, List<String> terms, int tokens, boolean question) {
  public Features {
    passages = List.copyOf(passages);
    terms = List.copyOf(terms);
  }

  /// Of a text that is no question and has no words but these.
  public Features(List<Embedding> passages, List<String> terms) {
    this(passages, terms, terms.size(), false);
  }
}
