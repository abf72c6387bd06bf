package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.text.Passages;
import dev.agenticmemory.text.Scripts;
import dev.agenticmemory.text.Terms;
import dev.agenticmemory.text.Words;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes of a text what the indexes know it by, and of a query what they look for.
public final class Indexer {

  /// Where the model reads less than this share of a query's letters, its vector means nothing.
  private static final double READABLE_SHARE_MIN = 0.7;

  private static final Logger LOG = LoggerFactory.getLogger(Indexer.class);

  private final Embedder embedder;

  public Indexer(Embedder embedder) {
    this.embedder = embedder;
  }

  public Features features(String text) {
    return features(List.of(text)).getFirst();
  }

  /// The features of a text that must be kept whether the model answers or not: without its meaning
  /// where that cannot be had.
  Features featuresOrWords(String text) {
    try {
      return features(text);
    } catch (Unavailable e) {
      LOG.warn("A text is stored by its words alone for now: {}. {}", e.getMessage(), e.hint());
      Terms terms = Words.analyse(text);
      return new Features(List.of(), terms.words(), terms.tokens(), terms.question());
    }
  }

  /// The features of each text, in order, with one call of the embedder for all.
  public List<Features> features(List<String> texts) {
    List<List<String>> passages = texts.stream().map(this::passages).toList();
    List<Embedding> embeddings =
        embedder.embed(passages.stream().flatMap(List::stream).toList(), Embedder.Purpose.STORE);
    List<Features> features = new ArrayList<>(texts.size());
    int from = 0;
    for (int i = 0; i < texts.size(); i++) {
      int to = from + passages.get(i).size();
      Terms terms = Words.analyse(texts.get(i));
      features.add(
          new Features(
              embeddings.subList(from, to), terms.words(), terms.tokens(), terms.question()));
      from = to;
    }
    return features;
  }

  /// What the indexes look for to answer `question`: without its meaning where the model does not
  /// read the script.
  ///
  /// @param limit how many candidates by meaning, and how many by words
  Query query(Question question, int limit) {
    return query(question, reads(question.text()) ? meaning(question) : null, limit);
  }

  /// Likewise, by words alone.
  Query wordsQuery(Question question, int limit) {
    return query(question, null, limit);
  }

  private static Query query(Question question, @Nullable Embedding meaning, int limit) {
    return new Query(
        meaning,
        question.terms(),
        question.choosing(),
        question.pairs(),
        limit,
        question.lookedForTimes());
  }

  /// Whether the embedding model reads the script of `text`.
  public boolean reads(String text) {
    return Scripts.share(text, embedder::reads) >= READABLE_SHARE_MIN;
  }

  private Embedding meaning(Question question) {
    // The beginning of a query that is longer than the model's window stands for all of it.
    List<String> beginning =
        passages(question.mentions().inFirstPerson(question.text())).subList(0, 1);
    return embedder.embed(beginning, Embedder.Purpose.SEARCH).getFirst();
  }

  private List<String> passages(String text) {
    return Passages.of(text, embedder.windowTokens());
  }
}
