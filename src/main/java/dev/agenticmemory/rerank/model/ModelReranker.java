package dev.agenticmemory.rerank.model;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Rating;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.rerank.Reranker;
import java.util.List;
import java.util.stream.DoubleStream;

/// Has the language model rate what a search found, all texts in one call.
public final class ModelReranker implements Reranker {

  /// Of a longer text its beginning is read, in characters.
  private static final int TEXT_CHARS_MAX = 1_500;

  private static final double SCORE_MAX = 10;

  private final LanguageModel model;
  private final int topN;

  public ModelReranker(LanguageModel model, int topN) {
    this.model = model;
    this.topN = topN;
  }

  @Override
  public int topN() {
    return topN;
  }

  @Override
  public List<Double> scores(String query, List<String> texts) {
    List<String> read = texts.stream().map(ModelReranker::beginning).toList();
    return switch (model.rate(query, read)) {
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

  private static String beginning(String text) {
    if (text.length() <= TEXT_CHARS_MAX) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(TEXT_CHARS_MAX - 1))
            ? TEXT_CHARS_MAX - 1
            : TEXT_CHARS_MAX;
    return text.substring(0, end);
  }
}
