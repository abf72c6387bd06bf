package dev.agenticmemory.store;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import java.util.List;

/// The checks that every store makes before it does anything. What fails them is a bug of the
/// caller.
public final class Shapes {

  private Shapes() {}

  /// At least one change, and every vector of the store's size.
  public static void require(List<Change> changes, EmbeddingSpace space) {
    if (changes.isEmpty()) {
      throw new IllegalArgumentException("A change set with no changes");
    }
    for (Change change : changes) {
      switch (change) {
        case Change.Add(var _, Features features, var _) -> require(features, space);
        case Change.Revise(var _, Features features, var _) -> require(features, space);
        case Change.Annotate _, Change.Retire _, Change.Erase _, Change.Bookkeeping _ -> {}
      }
    }
  }

  /// A query whose vector, where it has one, is of the store's size.
  public static void require(Query query, EmbeddingSpace space) {
    if (query.embedding() != null) {
      require(query.embedding(), space);
    }
  }

  private static void require(Features features, EmbeddingSpace space) {
    features.passages().forEach(passage -> require(passage, space));
  }

  private static void require(Embedding embedding, EmbeddingSpace space) {
    if (embedding.dimensions() != space.dimensions()) {
      throw new IllegalArgumentException(
          "Store has %d dimensions, vector has %d"
              .formatted(space.dimensions(), embedding.dimensions()));
    }
  }
}
