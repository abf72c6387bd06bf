package dev.agenticmemory.transfer;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Reembedding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/// Makes the vectors of all texts anew, with another model, while the store is in use.
public final class Reembed {

  private static final int BATCH = 64;

  private final Reembedding reembedding;
  private final Indexer indexer;

  /// @param indexer of the new model
  public Reembed(Reembedding reembedding, Indexer indexer) {
    this.reembedding = reembedding;
    this.indexer = indexer;
  }

  /// How many texts are to be embedded, those of an interrupted run not counted again.
  public long left() {
    return reembedding.left();
  }

  /// Embeds all of them and changes the model. Returns how many it embedded.
  ///
  /// @param progress told how many are done
  public long run(LongConsumer progress) {
    long done = 0;
    do {
      for (List<Reembedding.Text> texts = reembedding.pending(BATCH);
          !texts.isEmpty();
          texts = reembedding.pending(BATCH)) {
        reembedding.put(vectors(texts));
        done += texts.size();
        progress.accept(done);
      }
    } while (!reembedding.finish());
    return done;
  }

  private List<Reembedding.Vectors> vectors(List<Reembedding.Text> texts) {
    List<Features> features = indexer.features(texts.stream().map(Reembedding.Text::text).toList());
    List<Reembedding.Vectors> vectors = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      List<Embedding> passages = features.get(i).passages();
      vectors.add(new Reembedding.Vectors(texts.get(i).key(), passages));
    }
    return vectors;
  }
}
