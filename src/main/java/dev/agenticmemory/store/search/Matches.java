package dev.agenticmemory.store.search;

import dev.agenticmemory.store.Occurrences;
import dev.agenticmemory.store.Query;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the words of one query in the terms of memories.
final class Matches {

  private final Query query;
  private final Map<String, Integer> places = new HashMap<>();

  Matches(Query query) {
    this.query = query;
    for (int i = 0; i < query.terms().size(); i++) {
      places.putIfAbsent(query.terms().get(i), i);
    }
  }

  /// Where the query's words stand among `terms`, of which `length` are no single characters.
  Occurrences in(List<String> terms, int length) {
    List<Integer> counts = new ArrayList<>(Collections.nCopies(query.terms().size(), 0));
    List<Boolean> pairs = new ArrayList<>(Collections.nCopies(query.pairs().size(), false));
    int before = -1;
    for (String term : terms) {
      int at = places.getOrDefault(term, -1);
      if (at >= 0) {
        counts.set(at, counts.get(at) + 1);
        markPair(before, at, pairs);
      }
      before = at;
    }
    return new Occurrences(
        Collections.unmodifiableList(counts), Collections.unmodifiableList(pairs), length);
  }

  private void markPair(int first, int second, List<Boolean> pairs) {
    int pair = first < 0 ? -1 : query.pairs().indexOf(new Query.Pair(first, second));
    if (pair >= 0) {
      pairs.set(pair, true);
    }
  }
}
