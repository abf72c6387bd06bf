package dev.agenticmemory.rerank.model;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Rating;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.rerank.Reranker;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.DoubleStream;

/// Has the language model rate what a search found, all texts in one call.
public final class ModelReranker implements Reranker {

  /// Some 200 tokens: thirty such texts are 6,000, which any model reads in one call.
  private static final int TEXT_CHARS_MAX = 800;

  private static final double SCORE_MAX = 10;

  private final LanguageModel model;
  private final int topN;
  private final Clock clock;

  public ModelReranker(LanguageModel model, int topN, Clock clock) {
    this.model = model;
    this.topN = topN;
    this.clock = clock;
  }

  @Override
  public String name() {
    return model.name();
  }

  @Override
  public int topN() {
    return topN;
  }

  @Override
  public int textCharsMax() {
    return TEXT_CHARS_MAX;
  }

  @Override
  public List<Double> scores(String query, List<String> texts) {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return switch (model.rate(query, today, texts)) {
      case Reply.Answered<List<Rating>>(List<Rating> ratings, Usage _) ->
          scores(ratings, texts.size());
      case Reply.Failed<List<Rating>>(Failure failure, Usage _) ->
          throw new Unavailable(failure.what(), failure.hint(), null);
    };
  }

  /// The score of each text; one that was rated twice, or not at all, makes all of them worthless.
  private List<Double> scores(List<Rating> ratings, int texts) {
    double[] scores = DoubleStream.generate(() -> Double.NaN).limit(texts).toArray();
    for (Rating rating : ratings) {
      int index = rating.text() - 1;
      if (index < 0 || index >= texts || !Double.isNaN(scores[index])) {
        throw nonsense();
      }
      scores[index] = Math.clamp(rating.score() / SCORE_MAX, 0.0, 1.0);
    }
    if (DoubleStream.of(scores).anyMatch(Double::isNaN)) {
      throw nonsense();
    }
    return DoubleStream.of(scores).boxed().toList();
  }

  private Unavailable nonsense() {
    return new Unavailable(
        model.name() + " did not rate every text once", "Try another model to rerank.", null);
  }
}
