package dev.agenticmemory.eval;

import java.util.List;
import java.util.Set;

/// How well one ranking, or the mean of many, shows the evidence. All in [0, 1].
///
/// @param recall5 share of the evidence among the first five
/// @param recall10 among the first ten
/// @param hit5 1 where any of it is among the first five
/// @param hit10 among the first ten
/// @param mrr one by the place of the first of it, 0 beyond ten
/// @param ndcg10 normalised discounted cumulative gain of the first ten
record Measures(
    double recall5, double recall10, double hit5, double hit10, double mrr, double ndcg10) {

  static final int DEPTH = 10;

  /// Of one ranking.
  ///
  /// @param ranking the first ten, best first
  /// @param evidence at least one
  static <T> Measures of(List<T> ranking, Set<T> evidence) {
    int found = 0;
    int found5 = 0;
    int first = 0;
    double gain = 0;
    double ideal = 0;
    for (int i = 0; i < DEPTH; i++) {
      double discounted = Math.log(2) / Math.log(i + 2);
      ideal += i < evidence.size() ? discounted : 0;
      if (i < ranking.size() && evidence.contains(ranking.get(i))) {
        gain += discounted;
        found++;
        found5 += i < 5 ? 1 : 0;
        first = first == 0 ? i + 1 : first;
      }
    }
    double all = evidence.size();
    return new Measures(
        found5 / all,
        found / all,
        found5 > 0 ? 1 : 0,
        found > 0 ? 1 : 0,
        first == 0 ? 0 : 1.0 / first,
        gain / ideal);
  }

  static Measures mean(List<Measures> all) {
    double n = Math.max(1, all.size());
    return new Measures(
        all.stream().mapToDouble(Measures::recall5).sum() / n,
        all.stream().mapToDouble(Measures::recall10).sum() / n,
        all.stream().mapToDouble(Measures::hit5).sum() / n,
        all.stream().mapToDouble(Measures::hit10).sum() / n,
        all.stream().mapToDouble(Measures::mrr).sum() / n,
        all.stream().mapToDouble(Measures::ndcg10).sum() / n);
  }
}
