package dev.agenticmemory.engine;

import dev.agenticmemory.store.Query;
import dev.agenticmemory.text.Words;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What a query says, apart from its meaning.
///
/// @param text as it was asked
/// @param mentions which speakers it is about
/// @param told which times it speaks of, and whether they are over
/// @param lookedForTimes in which of them something happened that is asked for
/// @param terms its distinct words as the analyser gives them, names of speakers last
/// @param about what each of these is about
/// @param choosing how many of these are no names, or all where there are but names
/// @param pairs which of these stand side by side in it
record Question(
    String text,
    Mentions mentions,
    Periods.Told told,
    List<Query.Span> lookedForTimes,
    List<String> terms,
    List<About> about,
    int choosing,
    List<Query.Pair> pairs) {

  /// What a word of it is about.
  enum About {
    MATTER,
    /// A date, which memories say too.
    DATE,
    /// A time that is told from today, which says nothing in a memory.
    TODAY
  }

  /// Whom all memories are about, so that it tells none of them apart.
  private static final Pattern THE_USER = Pattern.compile("(?i)\\bthe user(?:['’]s)?\\b");

  /// Most distinct words of a query; a longer one is a text, of which these are sample enough.
  private static final int TERMS_MAX = 64;

  /// The question that `text` is to a scope where `speakers` have spoken.
  static Question of(String text, List<String> speakers, LocalDate today) {
    Mentions mentions = Mentions.in(text, speakers);
    Periods.Told told = Periods.in(text, today);
    List<String> words = Words.ofQuery(THE_USER.matcher(text).replaceAll(" "));
    Set<String> names = mentions.terms();
    List<String> choosing =
        words.stream().filter(w -> !names.contains(w)).distinct().limit(TERMS_MAX).toList();
    Collection<String> all = new LinkedHashSet<>(choosing);
    words.stream().distinct().limit(TERMS_MAX).forEach(all::add);
    List<String> terms = List.copyOf(all);
    return new Question(
        text,
        mentions,
        told,
        told.past()
            ? told.periods().stream().flatMap(period -> period.spans(today).stream()).toList()
            : List.of(),
        terms,
        about(terms, told),
        choosing.isEmpty() ? terms.size() : choosing.size(),
        pairs(words, terms));
  }

  private static List<About> about(List<String> terms, Periods.Told told) {
    Set<String> lasting = terms(told.lasting());
    Set<String> rest = terms(told.rest());
    return terms.stream()
        .map(term ->
            rest.contains(term)
                ? About.MATTER
                : (lasting.contains(term) ? About.DATE : About.TODAY))
        .toList();
  }

  private static Set<String> terms(String text) {
    return text.isBlank() ? Set.of() : Set.copyOf(Words.ofQuery(text));
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
    return told.periods().stream().mapToDouble(period -> period.fit(day)).max().orElse(0);
  }
}
