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
      double date) {}

  // Fitted on REALTALK and BEAM 100K, each counting fully, and LoCoMo, counting a tenth.
  private static final double WORDS = 3.6;
  private static final double PHRASE = 2.9;
  private static final double CONTEXT = 3.3;
  private static final double SPEAKER = 1.9;
  private static final double QUESTION = -0.6;
  private static final double LENGTH = -0.8;

  /// What depends on how memories were told.
  ///
  /// @param base of the score
  private record Weights(double meaning, double date, double base) {

    /// Turns of conversations, which those around explain.
    static final Weights TURNS = new Weights(5.5, 3.4, -6);

    // Facts that stand for themselves, fitted on some that were written for it and on those of
    // LoCoMo. The day on which one was written tells little, unless it is asked what happened then.
    static final Weights FACTS = new Weights(7, 1, -5.5);
    static final Weights EVENTS = new Weights(7, 7, -5.5);

    /// These, as far as `share` from them to `other`.
    Weights towards(Weights other, double share) {
      return new Weights(
          meaning + share * (other.meaning - meaning),
          date + share * (other.date - date),
          base + share * (other.base - base));
    }
  }

  /// Unrelated texts have a cosine of up to this.
  private static final double MEANING_UNRELATED = 0.05;

  // Fitted so that questions asked of another conversation score low; 0.36 parts them best.
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

  /// What is longer is a document, in which nobody expects one matter alone, in words.
  private static final double DOCUMENT_TOKENS = 500;

  /// What having all words is worth as meaning, where the model does not read the query: about the
  /// cosine of a question and its answer where it does.
  private static final double MEANING_OF_WORDS = 0.8;

  /// Times that fit so much of what was found tell nothing apart.
  private static final double DATE_SHARE_MAX = 0.6;

  /// The most that age can take from a score.
  private static final double RECENCY_SHARE = 0.2;

  private static final Duration RECENCY_HALF_LIFE = Duration.ofDays(180);

  private final Question question;
  private final boolean readable;

  /// The share of what was found that stands for itself.
  private final double facts;

  private final boolean dated;
  private final Weights weights;

  /// What each of the query's words tells, and of its dates what they would as words.
  private final double[] rarities;

  private final double[] dates;

  private final double chosenRarity;
  private final double rarity;
  private final double sureness;

  /// For the candidates of one question.
  Ranking(Question question, Query query, Candidates candidates) {
    this.question = question;
    readable = query.embedding() != null;
    List<Candidate> found = candidates.found();
    facts =
        found.isEmpty()
            ? 0
            : (double) found.stream().filter(Ranking::isAlone).count() / found.size();
    dated = !question.told().periods().isEmpty() && tellsApart(found);
    weights = Weights.TURNS.towards(question.told().past() ? Weights.EVENTS : Weights.FACTS, facts);
    rarities =
        candidates.frequencies().stream()
            .mapToDouble(frequency -> Occurrences.rarity(candidates.memories(), frequency))
            .toArray();
    dates = new double[question.choosing()];
    takeTimesOut();
    chosenRarity = sum(rarities, question.choosing());
    rarity = sum(rarities, rarities.length);
    double best = found.stream().mapToDouble(this::meaning).max().orElse(0);
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
        length(nature.tokens()),
        dated ? Math.max(question.fit(day(candidate)), saidDates(candidate.words())) : 0);
  }

  /// Whether there is anything that speaks for a memory.
  boolean isEvidence(Parts parts) {
    return parts.words > 0
        || parts.context > 0
        || parts.meaning > MEANING_UNRELATED
        || (question.told().past() && parts.date >= Period.WITHIN);
  }

  /// By which the memories of one question are ordered; higher is better.
  double order(Parts parts) {
    return weights.meaning * parts.meaning
        + WORDS * parts.words
        + PHRASE * parts.phrase
        + CONTEXT * parts.context
        + SPEAKER * parts.speaker
        + QUESTION * parts.question
        + LENGTH * parts.length
        + weights.date * parts.date;
  }

  /// The score of a memory with this [#order].
  ///
  /// @param best the highest order of the candidates
  double score(double order, double best) {
    double answered = logistic(weights.base + SCORE_ORDER * order + sureness);
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

  /// Words for times tell nothing where the day tells. Dates of turns neither: what was said then
  /// is as good as what was said about then. A fact is mostly told on another day than that of
  /// which it tells.
  private void takeTimesOut() {
    for (int i = 0; dated && i < dates.length; i++) {
      switch (question.about().get(i)) {
        case MATTER -> {}
        case TODAY -> rarities[i] = 0;
        case DATE -> {
          dates[i] = rarities[i];
          rarities[i] *= facts;
        }
      }
    }
  }

  /// The share of the query's dates that a text says, where they do not count as words.
  private double saidDates(Occurrences words) {
    double said = 0;
    for (int i = 0; i < dates.length; i++) {
      said += words.counts().get(i) > 0 ? dates[i] : 0;
    }
    double all = sum(dates, dates.length);
    return all == 0 ? 0 : (1 - facts) * said / all;
  }

  private static double sum(double[] values, int first) {
    double sum = 0;
    for (int i = 0; i < first; i++) {
      sum += values[i];
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

  private static double length(int tokens) {
    double beyond = Math.clamp(tokens, REMARK_TOKENS, DOCUMENT_TOKENS) - REMARK_TOKENS;
    return Math.log1p(beyond / REMARK_TOKENS);
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

  /// Whether nothing around could tell more.
  private static boolean isAlone(Candidate candidate) {
    return candidate.around().before() == null && candidate.around().after() == null;
  }

  private double context(Candidate candidate) {
    Candidate.Neighbours around = candidate.around();
    if (isAlone(candidate)) {
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
