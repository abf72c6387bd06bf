package dev.agenticmemory.config;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/// Which known name is meant by a misspelt one.
final class Nearest {

  /// Letters that are wrong, missing or too many. A whole `_ID` may be missing.
  private static final int MISTAKES_MAX = 3;

  private Nearest() {}

  /// The known name with the fewest mistakes; empty where all have too many.
  static Optional<String> of(String name, Set<String> known) {
    return known.stream()
        .filter(each -> mistakes(name, each) <= MISTAKES_MAX)
        .min(Comparator.comparingInt(each -> mistakes(name, each)));
  }

  /// The Levenshtein distance of two names.
  private static int mistakes(String a, String b) {
    int[] before = new int[b.length() + 1];
    for (int j = 0; j < before.length; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[before.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(before[j - 1] + wrong, 1 + Math.min(before[j], row[j - 1]));
      }
      before = row;
    }
    return before[b.length()];
  }
}
