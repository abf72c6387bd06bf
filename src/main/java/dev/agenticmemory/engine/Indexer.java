package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.text.Passages;
import dev.agenticmemory.text.Words;
import java.util.ArrayList;
import java.util.List;

/// Makes of a text what the indexes know it by, and of a query what they look for.
public final class Indexer {

  /// Most distinct words of a query; a longer one is a text, of which these are sample enough.
  private static final int QUERY_TERMS_MAX = 64;

  private final Embedder embedder;

  public Indexer(Embedder embedder) {
    this.embedder = embedder;
  }

  public Features features(String text) {
    return features(List.of(text)).getFirst();
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
      features.add(new Features(embeddings.subList(from, to), Words.ofText(texts.get(i))));
      from = to;
    }
    return features;
  }

  /// What the indexes look for to answer `text`.
  ///
  /// @param limit how many candidates by meaning, and how many by words
  public Query query(String text, int limit) {
    // The beginning of a query that is longer than the model's window stands for all of it.
    List<String> beginning = passages(text).subList(0, 1);
    Embedding embedding = embedder.embed(beginning, Embedder.Purpose.SEARCH).getFirst();
    return new Query(
        embedding, Words.ofQuery(text).stream().limit(QUERY_TERMS_MAX).toList(), limit);
  }

  private List<String> passages(String text) {
    return Passages.of(text, embedder.windowTokens());
  }
}
