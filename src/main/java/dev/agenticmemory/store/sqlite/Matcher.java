package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.store.Occurrences;
import dev.agenticmemory.store.Query;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the words of one query in documents. Remembers what it found.
final class Matcher {

  private final Lexicon lexicon;
  private final Query query;
  private final int[] terms;

  /// One bit for each term by its number, which tells most other terms apart at once.
  private final long mask;

  private final List<Integer> none;
  private final List<Boolean> noPairs;
  private final Map<Integer, Occurrences> found = new HashMap<>();

  Matcher(Lexicon lexicon, Query query) {
    this.lexicon = lexicon;
    this.query = query;
    none = Collections.nCopies(query.terms().size(), 0);
    noPairs = Collections.nCopies(query.pairs().size(), false);
    terms = query.terms().stream().mapToInt(lexicon::find).toArray();
    mask =
        Arrays.stream(terms)
            .filter(term -> term >= 0)
            .mapToLong(t -> 1L << t)
            .reduce(0, (a, b) -> a | b);
  }

  /// The numbers of the query's terms, in its order; -1 for a term that no document has.
  int term(int i) {
    return terms[i];
  }

  Occurrences in(int document) {
    return found.computeIfAbsent(document, this::match);
  }

  private Occurrences match(int document) {
    Integer[] counts = null;
    Boolean[] pairs = null;
    int before = -1;
    for (int term : lexicon.terms(document)) {
      int at = (mask & 1L << term) == 0 ? -1 : place(term);
      if (at >= 0) {
        if (counts == null || pairs == null) {
          counts = none.toArray(Integer[]::new);
          pairs = noPairs.toArray(Boolean[]::new);
        }
        counts[at]++;
        if (before >= 0) {
          markPair(before, at, pairs);
        }
      }
      before = at;
    }
    // Most neighbours have none of the words.
    return counts == null || pairs == null
        ? new Occurrences(none, noPairs, lexicon.length(document))
        : new Occurrences(
            Collections.unmodifiableList(Arrays.asList(counts)),
            Collections.unmodifiableList(Arrays.asList(pairs)),
            lexicon.length(document));
  }

  private int place(int term) {
    for (int i = 0; i < terms.length; i++) {
      if (terms[i] == term) {
        return i;
      }
    }
    return -1;
  }

  private void markPair(int first, int second, Boolean[] pairs) {
    for (int i = 0; i < pairs.length; i++) {
      Query.Pair pair = query.pairs().get(i);
      if (pair.first() == first && pair.second() == second) {
        pairs[i] = true;
      }
    }
  }
}
