package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is looked for, as the indexes need it.
///
/// @param embedding the meaning; null to look for words alone
/// @param terms the distinct words, as the analyser gives them; empty to look for meaning alone
/// @param choosing how many of the terms, from the first, choose candidates; the others, names of
///   speakers, are only counted
/// @param pairs which of the terms stand side by side in the query
/// @param limit how many candidates by meaning, and how many by words; at least 1
/// @param times what happened then is looked for too, however little it says of the rest
public record Query(
    @Nullable Embedding embedding,
    List<String> terms,
    int choosing,
    List<Pair> pairs,
    int limit,
    List<Span> times) {

  /// From one instant, included, to another, excluded.
  public record Span(Instant from, Instant to) {
    public boolean holds(Instant at) {
      return !at.isBefore(from) && at.isBefore(to);
    }
  }

  /// Two terms that follow each other, by their places in [#terms].
  public record Pair(int first, int second) {}

  public Query {
    terms = List.copyOf(terms);
    pairs = List.copyOf(pairs);
    times = List.copyOf(times);
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, is " + limit);
    }
    if (choosing < 0 || choosing > terms.size()) {
      throw new IllegalArgumentException(choosing + " of " + terms.size() + " terms");
    }
  }

  /// Of words that all choose candidates and stand anywhere, whenever it happened.
  public Query(@Nullable Embedding embedding, List<String> terms, int limit) {
    this(embedding, terms, terms.size(), List.of(), limit, List.of());
  }

  /// Whether anything of `happened` is looked for.
  public boolean isWhen(Instant happened) {
    return times.stream().anyMatch(span -> span.holds(happened));
  }
}
