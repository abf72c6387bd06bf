package dev.agenticmemory.rerank;

import java.util.List;

/// Reads a query and texts together and says how well each answers. Safe for concurrent use.
public interface Reranker {

  /// How many texts of one query are worth its time, from the best; at least 1.
  int topN();

  /// How well each text answers `query`, in [0, 1], in the order of the texts.
  ///
  /// Throws `Unavailable` where it does not answer in time or answers nonsense. Its message and
  /// hint never hold a key or a text.
  ///
  /// @param texts at least one, at most [#topN], none blank
  List<Double> scores(String query, List<String> texts);
}
