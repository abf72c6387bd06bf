package dev.agenticmemory.engine;

import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidate.Neighbour;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Occurrences;
import dev.agenticmemory.store.Query;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How well candidates answer a question, as one number in [0, 1] that means the same in every
/// scope: how sure it is that the answer is in the scope and that the memory is part of it.
///
/// The order comes from the [Parts] of each memory. How sure it is comes from the best meaning in
/// the scope and from the words that nobody there ever used; these move all memories together. The
/// constants were fitted on conversations with known answers; docs/retrieval.md has the figures.
public final class Ranking {

  /// What a memory's place comes from.
  ///
  /// @param meaning cosine with the memory's best passage; where the model does not read the query,
  ///   what the words are worth in its place
  /// @param words share of the query's words that it has, rare ones counting for more, in [0, 1]
  /// @param phrase the same of neighbouring words that neighbour there too
  /// @param context what the memories around have of the words that it lacks
  /// @param speaker 1 where the query is about who said it; see [Mentions#bonus]
  /// @param question 1 where it asks instead of telling
  /// @param length how much longer it is than a remark, as a logarithm
  /// @param date how well it fits the times that the query speaks of, in [0, 1]
  public record Parts(
      double meaning,
      double words,
      double phrase,
      double context,
      double speaker,
      double question,
      double length,
      double date) {

    // Fitted on REALTALK and BEAM 100K, each counting fully, and LoCoMo, counting a tenth.
    private static final double MEANING = 5.5;
    private static final double WORDS = 3.6;
    private static final double PHRASE = 2.9;
    private static final double CONTEXT = 3.3;
    private static final double SPEAKER = 1.9;
    private static final double QUESTION = -0.6;
    private static final double LENGTH = -0.8;
    private static final double DATE = 3.4;

    /// Unrelated texts have a cosine of up to this.
    private static final double MEANING_UNRELATED = 0.05;

    /// Whether there is anything that speaks for the memory.
    boolean isEvidence() {
      return words > 0 || context > 0 || meaning > MEANING_UNRELATED;
    }

    /// By which the memories of one question are ordered; higher is better.
    double order() {
      return MEANING * meaning
          + WORDS * words
          + PHRASE * phrase
          + CONTEXT * context
          + SPEAKER * speaker
          + QUESTION * question
          + LENGTH * length
          + DATE * date;
    }
  }

  // Fitted so that questions asked of another conversation score low; 0.36 parts them best.
  private static final double SCORE_BASE = -6.0;
  private static final double SCORE_ORDER = 0.65;
  private static final double SCORE_BEST_MEANING = 7.9;
  private static final double SCORE_UNKNOWN_WORDS = -2.0;

  /// That a word is unknown tells little where fewer memories than this could have had it.
  private static final double MEMORIES_THAT_TELL = 150;

  // A memory so far behind the best one in order is half as likely part of the answer. Right ones
  // are hardly ever.
  private static final double BEHIND_HALF = 6;
  private static final double BEHIND_WIDTH = 1;

  /// Remarks up to this length have no disadvantage, in words.
  private static final double REMARK_TOKENS = 50;

  /// What having all words is worth as meaning, where the model does not read the query: about the
  /// cosine of a question and its answer where it does.
  private static final double MEANING_OF_WORDS = 0.8;

  /// Times that fit so much of what was found tell nothing apart.
  private static final double DATE_SHARE_MAX = 0.6;

  /// The most that age can take from a score.
  private static final double RECENCY_SHARE = 0.2;

  private static final Duration RECENCY_HALF_LIFE = Duration.ofDays(14);

  private final Question question;
  private final boolean readable;
  private final double[] rarities;
  private final double chosenRarity;
  private final double rarity;
  private final boolean dated;
  private final double sureness;

  /// For the candidates of one question.
  Ranking(Question question, Query query, Candidates candidates) {
    this.question = question;
    readable = query.embedding() != null;
    rarities =
        candidates.frequencies().stream()
            .mapToDouble(frequency -> Occurrences.rarity(candidates.memories(), frequency))
            .toArray();
    chosenRarity = sum(question.choosing());
    rarity = sum(rarities.length);
    dated = !question.periods().isEmpty() && tellsApart(candidates.found());
    double best = candidates.found().stream().mapToDouble(this::meaning).max().orElse(0);
    sureness =
        SCORE_BEST_MEANING * best
            + SCORE_UNKNOWN_WORDS
                * unknown(candidates.frequencies())
                * Math.min(1, candidates.memories() / MEMORIES_THAT_TELL);
  }

  Parts parts(Candidate candidate) {
    Candidate.Nature nature = candidate.nature();
    return new Parts(
        meaning(candidate),
        coverage(candidate.words()),
        phrase(candidate.words()),
        context(candidate),
        question.mentions().bonus(nature.speaker()),
        nature.question() ? 1 : 0,
        Math.log1p(Math.max(0, nature.tokens() - REMARK_TOKENS) / REMARK_TOKENS),
        dated ? question.fit(day(candidate)) : 0);
  }

  /// The score of a memory with this [Parts#order].
  ///
  /// @param best the highest order of the candidates
  double score(double order, double best) {
    double answered = logistic(SCORE_BASE + SCORE_ORDER * order + sureness);
    return answered * logistic((BEHIND_HALF - (best - order)) / BEHIND_WIDTH);
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /// A factor in [1 - [#RECENCY_SHARE], 1]: 1 for what happened just now.
  static double recency(Instant happened, Instant now) {
    double age = Math.max(0, Duration.between(happened, now).toMillis());
    double fresh = Math.pow(0.5, age / RECENCY_HALF_LIFE.toMillis());
    return 1 - RECENCY_SHARE + RECENCY_SHARE * fresh;
  }

  private double sum(int terms) {
    double sum = 0;
    for (int i = 0; i < terms; i++) {
      sum += rarities[i];
    }
    return sum;
  }

  /// The share of the query's words that no memory of the scope has.
  private double unknown(List<Long> frequencies) {
    double unknown = 0;
    for (int i = 0; i < question.choosing(); i++) {
      unknown += frequencies.get(i) == 0 ? rarities[i] : 0;
    }
    return chosenRarity == 0 ? 0 : unknown / chosenRarity;
  }

  private double meaning(Candidate candidate) {
    return readable ? candidate.cosine() : MEANING_OF_WORDS * coverage(candidate.words());
  }

  private double coverage(Occurrences words) {
    double sum = 0;
    for (int i = 0; i < question.choosing(); i++) {
      sum += words.counts().get(i) > 0 ? rarities[i] : 0;
    }
    return chosenRarity == 0 ? 0 : sum / chosenRarity;
  }

  private double phrase(Occurrences words) {
    double sum = 0;
    for (int i = 0; i < question.pairs().size(); i++) {
      Query.Pair pair = question.pairs().get(i);
      sum += words.pairs().get(i) ? (rarities[pair.first()] + rarities[pair.second()]) / 2 : 0;
    }
    return rarity == 0 ? 0 : sum / rarity;
  }

  private double context(Candidate candidate) {
    Candidate.Neighbours around = candidate.around();
    if (around.before() == null && around.after() == null) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < question.choosing(); i++) {
      sum += rarities[i] * context(candidate.words().strength(i), around, i);
    }
    return chosenRarity == 0 ? 0 : sum / chosenRarity;
  }

  /// What the neighbours have of one term beyond what the memory itself has, and the second ones
  /// beyond both.
  private static double context(double own, Candidate.Neighbours around, int term) {
    double before = strength(around.before(), term);
    double after = strength(around.after(), term);
    double second =
        Math.max(strength(around.secondBefore(), term), strength(around.secondAfter(), term));
    return Math.max(0, before - own)
        + Math.max(0, after - own)
        + Math.max(0, second - Math.max(own, Math.max(before, after)));
  }

  private static double strength(@Nullable Neighbour neighbour, int term) {
    return neighbour == null ? 0 : neighbour.words().strength(term);
  }

  private boolean tellsApart(List<Candidate> found) {
    double fitting = found.stream().mapToDouble(one -> question.fit(day(one))).sum();
    return fitting > 0 && fitting < DATE_SHARE_MAX * found.size();
  }

  private static LocalDate day(Candidate candidate) {
    return LocalDate.ofInstant(candidate.nature().happened(), ZoneOffset.UTC);
  }
}
