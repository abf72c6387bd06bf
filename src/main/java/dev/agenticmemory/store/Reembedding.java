package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import java.util.List;

/// A change of a store's embedding model while the store is used by whoever uses it: new vectors
/// are kept beside the old ones until there is one for every text, then they take their place at
/// once. It goes on where an earlier attempt with the same model stopped.
public interface Reembedding {

  /// A text without vectors of the new model, and by what it is known.
  record Text(long key, String text) {}

  /// The vectors of one text, a passage each.
  record Vectors(long key, List<Embedding> passages) {
    public Vectors {
      passages = List.copyOf(passages);
    }
  }

  /// How many texts have no vectors of the new model yet, earlier texts included.
  long left();

  /// Some of these.
  List<Text> pending(int limit);

  /// Keeps vectors for later. Those of a text that is gone by now are left out.
  void put(List<Vectors> vectors);

  /// Makes the new vectors the store's, at once for every process: from then on the store is opened
  /// with the new model alone.
  ///
  /// @return whether it was done; false where a text was written meanwhile that has none yet
  boolean finish();
}
