package dev.agenticmemory.eval;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.store.Features;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The usual ways to rank, on the same words and vectors as the engine's: BM25, cosine, reciprocal
/// rank fusion, and convex combinations of the two, each normalised over the conversation.
final class Baseline {

  private static final double BM25_K1 = 1.2;
  private static final double BM25_B = 0.75;
  private static final double RRF_K = 60;

  private final List<Features> features;
  private final Map<String, Integer> frequencies = new HashMap<>();
  private final double averageLength;

  /// On the turns of one conversation.
  Baseline(List<Features> features) {
    this.features = features;
    features.forEach(one ->
        new HashSet<>(one.terms()).forEach(term -> frequencies.merge(term, 1, Integer::sum)));
    averageLength =
        Math.max(1, features.stream().mapToInt(one -> one.terms().size()).average().orElse(1));
  }

  double[] words(List<String> query) {
    return features.stream().mapToDouble(one -> bm25(one.terms(), query)).toArray();
  }

  double[] meaning(Embedding query) {
    return features.stream()
        .mapToDouble(one -> one.passages().stream().mapToDouble(query::cosine).max().orElse(0))
        .toArray();
  }

  private double bm25(List<String> terms, List<String> query) {
    double norm = BM25_K1 * (1 - BM25_B + BM25_B * terms.size() / averageLength);
    double sum = 0;
    for (String term : query) {
      long count = terms.stream().filter(term::equals).count();
      if (count > 0) {
        int frequency = frequencies.getOrDefault(term, 0);
        double idf = Math.log(1 + (features.size() - frequency + 0.5) / (frequency + 0.5));
        sum += idf * count * (BM25_K1 + 1) / (count + norm);
      }
    }
    return sum;
  }

  static double[] fused(double[] left, double[] right) {
    int[] leftRanks = ranks(left);
    int[] rightRanks = ranks(right);
    return IntStream.range(0, left.length)
        .mapToDouble(i -> 1 / (RRF_K + leftRanks[i]) + 1 / (RRF_K + rightRanks[i]))
        .toArray();
  }

  static double[] convex(double[] words, double[] meaning, double weightOfMeaning) {
    double[] w = normalised(words);
    double[] m = normalised(meaning);
    return IntStream.range(0, w.length)
        .mapToDouble(i -> (1 - weightOfMeaning) * w[i] + weightOfMeaning * m[i])
        .toArray();
  }

  /// The places with the highest scores, best first.
  static List<Integer> best(double[] scores) {
    return order(scores).limit(Measures.DEPTH).boxed().toList();
  }

  private static int[] ranks(double[] scores) {
    int[] ranks = new int[scores.length];
    int[] order = order(scores).toArray();
    for (int i = 0; i < order.length; i++) {
      ranks[order[i]] = i + 1;
    }
    return ranks;
  }

  private static IntStream order(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores[i]).reversed())
        .mapToInt(Integer::intValue);
  }

  private static double[] normalised(double[] scores) {
    double min = Arrays.stream(scores).min().orElse(0);
    double span = Math.max(1e-9, Arrays.stream(scores).max().orElse(0) - min);
    return Arrays.stream(scores).map(score -> (score - min) / span).toArray();
  }
}
