package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.text.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The words of an index's documents: for each term the documents that have it, and for each
/// document its terms in order, as numbers.
final class Lexicon {

  private static final int[] NO_TERMS = new int[0];

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<Postings> postings = new ArrayList<>();
  private int[][] termsOf = new int[16][];
  private int[] lengths = new int[16];

  /// Adds a document, whose number is higher than all before.
  ///
  /// @param terms joined by blanks
  void add(int document, String terms) {
    String[] words = terms.isEmpty() ? new String[0] : terms.split(" ", -1);
    int[] ids = new int[words.length];
    int length = 0;
    for (int i = 0; i < words.length; i++) {
      ids[i] = number(words[i]);
      length += Words.isSingleCharacter(words[i]) ? 0 : 1;
    }
    if (document >= termsOf.length) {
      termsOf = Arrays.copyOf(termsOf, document * 2);
      lengths = Arrays.copyOf(lengths, document * 2);
    }
    termsOf[document] = ids.length == 0 ? NO_TERMS : ids;
    lengths[document] = length;
    post(document, ids);
  }

  private int number(String term) {
    Integer known = numbers.get(term);
    if (known != null) {
      return known;
    }
    numbers.put(term, postings.size());
    postings.add(new Postings());
    return postings.size() - 1;
  }

  private void post(int document, int[] ids) {
    int[] sorted = ids.clone();
    Arrays.sort(sorted);
    for (int from = 0; from < sorted.length; ) {
      int to = from;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      postings.get(sorted[from]).add(document, to - from);
      from = to;
    }
  }

  /// The number of a term; -1 where no document has it.
  int find(String term) {
    return numbers.getOrDefault(term, -1);
  }

  /// The documents that have a term; null for term -1.
  @Nullable Postings postings(int term) {
    return term < 0 ? null : postings.get(term);
  }

  /// The terms of a document, in order. Not to be changed.
  int[] terms(int document) {
    return termsOf[document];
  }

  /// How many terms a document has, single characters of Chinese, Japanese and Korean not counted.
  int length(int document) {
    return lengths[document];
  }
}
