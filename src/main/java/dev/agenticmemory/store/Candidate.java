package dev.agenticmemory.store;

import dev.agenticmemory.domain.MemoryId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One memory that may answer a [Query], with what its score is computed from.
///
/// @param id which memory
/// @param version which state of it; see [MemoryStore#load]
/// @param cosine of the query and the memory's best passage, in [-1, 1]; 0 where the query has no
///   embedding
/// @param words the query's words in it
/// @param nature what it is, whatever the query
/// @param around its neighbours in the same conversation or run
public record Candidate(
    MemoryId id, long version, double cosine, Occurrences words, Nature nature, Neighbours around) {

  /// What the score takes from a memory whatever the query.
  ///
  /// @param speaker who said it; see [dev.agenticmemory.domain.Speaker]
  /// @param tokens how many words it has, those that say nothing included
  /// @param question whether it ends as a question
  /// @param happened when what it tells happened
  public record Nature(String speaker, int tokens, boolean question, Instant happened) {}

  /// The selected memories around one, nearest first; null where there is none.
  public record Neighbours(
      @Nullable Neighbour before,
      @Nullable Neighbour after,
      @Nullable Neighbour secondBefore,
      @Nullable Neighbour secondAfter) {

    public static final Neighbours NONE = new Neighbours(null, null, null, null);
  }

  /// A memory beside a candidate, and the query's words in it.
  public record Neighbour(MemoryId id, Occurrences words) {}

  /// How often each of the query's terms occurs in it, in the query's order.
  public List<Integer> counts() {
    return words.counts();
  }

  /// How many terms it has.
  public int length() {
    return words.length();
  }

  /// When what it tells happened.
  public Instant happened() {
    return nature.happened();
  }

  /// The memory before it in the same conversation or run; null at the start.
  public @Nullable MemoryId before() {
    return around.before() == null ? null : around.before().id();
  }

  /// The memory after it; null at the end.
  public @Nullable MemoryId after() {
    return around.after() == null ? null : around.after().id();
  }
}
