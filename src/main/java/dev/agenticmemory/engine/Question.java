package dev.agenticmemory.engine;

import dev.agenticmemory.store.Query;
import dev.agenticmemory.text.Words;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What a query says, apart from its meaning.
///
/// @param text as it was asked
/// @param mentions which speakers it is about
/// @param periods which times it speaks of
/// @param terms its distinct words as the analyser gives them, names of speakers last
/// @param choosing how many of these are no names, or all where there are but names
/// @param pairs which of these stand side by side in it
record Question(
    String text,
    Mentions mentions,
    List<Period> periods,
    List<String> terms,
    int choosing,
    List<Query.Pair> pairs) {

  /// Most distinct words of a query; a longer one is a text, of which these are sample enough.
  private static final int TERMS_MAX = 64;

  /// The question that `text` is to a scope where `speakers` have spoken.
  static Question of(String text, List<String> speakers, LocalDate today) {
    Mentions mentions = Mentions.in(text, speakers);
    List<String> words = Words.ofQuery(text);
    Set<String> names = mentions.terms();
    List<String> choosing =
        words.stream().filter(w -> !names.contains(w)).distinct().limit(TERMS_MAX).toList();
    Collection<String> all = new LinkedHashSet<>(choosing);
    words.stream().distinct().limit(TERMS_MAX).forEach(all::add);
    List<String> terms = List.copyOf(all);
    return new Question(
        text,
        mentions,
        Periods.in(text, today),
        terms,
        choosing.isEmpty() ? terms.size() : choosing.size(),
        pairs(words, terms));
  }

  private static List<Query.Pair> pairs(List<String> words, List<String> terms) {
    Set<Query.Pair> pairs = new LinkedHashSet<>();
    for (int i = 1; i < words.size(); i++) {
      int first = terms.indexOf(words.get(i - 1));
      int second = terms.indexOf(words.get(i));
      if (first >= 0 && second >= 0) {
        pairs.add(new Query.Pair(first, second));
      }
    }
    return new ArrayList<>(pairs);
  }

  /// How well `day` fits the times it speaks of: 0 to 1; 0 where it speaks of none.
  double fit(LocalDate day) {
    return periods.stream().mapToDouble(period -> period.fit(day)).max().orElse(0);
  }
}
