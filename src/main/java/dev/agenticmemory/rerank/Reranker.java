package dev.agenticmemory.rerank;

import java.util.List;

/// Reads a query and texts together and says how well each answers. Safe for concurrent use.
public interface Reranker {

  /// What to name it in messages; no secret.
  String name();

  /// How many texts of one query are worth its time, from the best; at least 1.
  int topN();

  /// How much of one text it reads, in characters; at least 100.
  int textCharsMax();

  /// How well each text answers `query`, in [0, 1], in the order of the texts.
  ///
  /// Throws `Unavailable` where it does not answer in time or answers nonsense. Its message and
  /// hint never hold a key or a text.
  ///
  /// @param texts at least one, at most [#topN], none blank, none beyond [#textCharsMax] but for
  ///   who said it and when; in the order in which they were said
  List<Double> scores(String query, List<String> texts);
}
