package dev.agenticmemory.store;

import java.util.List;

/// Where the words of a [Query] stand in one memory.
///
/// @param counts how often each of the query's terms occurs, in the query's order
/// @param pairs whether each of the query's pairs stands there side by side, in the query's order
/// @param length how many terms the memory has, single characters of Chinese, Japanese and Korean
///   not counted
public record Occurrences(List<Integer> counts, List<Boolean> pairs, int length) {

  // BM25 with k1 = 1 and b = 0.9 around 25 words. From 0.3 to 2 and 15 to 100 nothing changes.
  private static final double REPEATS_K = 0.1;
  private static final double LENGTH_K = 0.036;

  /// Every scope counts as having so many memories more: one of a few tells little about how rare a
  /// word is.
  private static final int MEMORIES_MORE = 100;

  /// How well a term is answered; see [#strength(int, int)].
  public double strength(int term) {
    return strength(counts.get(term), length);
  }

  /// How well a term is answered: 0 without it, towards 1 with many mentions in few words.
  ///
  /// The length counts by itself, not against an average: the same memory scores the same in every
  /// scope.
  public static double strength(int count, int length) {
    return count == 0 ? 0 : count / (count + REPEATS_K + LENGTH_K * length);
  }

  /// How much a term tells, from how many of `memories` have it: more the rarer it is.
  public static double rarity(long memories, long frequency) {
    return Math.log(1 + (memories + MEMORIES_MORE - frequency + 0.5) / (frequency + 0.5));
  }
}
