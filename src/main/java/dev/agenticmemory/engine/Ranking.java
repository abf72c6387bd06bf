package dev.agenticmemory.engine;

import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How well a candidate answers a query, as one number in [0, 1] that means the same in every
/// scope: it is computed from the query and the candidate, never from how the other hits did.
///
/// **Words**: the share of the query's words that the memory has, rare words counting for more,
/// with less to gain from each repeat. **Meaning**: the cosine, between what unrelated texts have
/// and what paraphrases have. The two count half each.
public final class Ranking {

  /// How a score came about, each part in [0, 1].
  public record Parts(double words, double meaning, double recency) {}

  private static final double WEIGHT_OF_MEANING = 0.5;
  private static final double COSINE_UNRELATED = 0.05;
  private static final double COSINE_PARAPHRASE = 0.75;
  private static final double REPEATS_K = 1.2;
  private static final double LENGTH_B = 0.75;

  /// A scope of fewer memories than this tells little about how rare a word is.
  private static final double PRIOR_MEMORIES = 50;

  /// The most that age can take from a score.
  private static final double RECENCY_SHARE = 0.2;

  private static final Duration RECENCY_HALF_LIFE = Duration.ofDays(14);

  private final List<Double> rarities;
  private final double rarity;
  private final double averageLength;

  /// For the candidates of one query.
  Ranking(Candidates candidates) {
    rarities =
        candidates.frequencies().stream()
            .map(frequency ->
                Math.log(
                    1
                        + (candidates.memories() + PRIOR_MEMORIES - frequency + 0.5)
                            / (frequency + 0.5)))
            .toList();
    rarity = rarities.stream().mapToDouble(Double::doubleValue).sum();
    averageLength = Math.max(1, candidates.averageLength());
  }

  double words(Candidate candidate) {
    if (rarity == 0) {
      return 0;
    }
    double norm = REPEATS_K * (1 - LENGTH_B + LENGTH_B * candidate.length() / averageLength);
    double sum = 0;
    for (int i = 0; i < rarities.size(); i++) {
      double count = candidate.counts().get(i);
      sum += rarities.get(i) * count / (count + norm);
    }
    // A single mention in a memory of average length is nearly all that can be asked for.
    return Math.min(1, sum / rarity * (1 + REPEATS_K) * 0.9);
  }

  double meaning(Candidate candidate) {
    return Math.clamp(
        (candidate.cosine() - COSINE_UNRELATED) / (COSINE_PARAPHRASE - COSINE_UNRELATED), 0.0, 1.0);
  }

  double relevance(Candidate candidate) {
    return (1 - WEIGHT_OF_MEANING) * words(candidate) + WEIGHT_OF_MEANING * meaning(candidate);
  }

  /// A factor in [1 - [#RECENCY_SHARE], 1]: 1 for what happened just now.
  static double recency(Instant happened, Instant now) {
    double age = Math.max(0, Duration.between(happened, now).toMillis());
    double fresh = Math.pow(0.5, age / RECENCY_HALF_LIFE.toMillis());
    return 1 - RECENCY_SHARE + RECENCY_SHARE * fresh;
  }
}
