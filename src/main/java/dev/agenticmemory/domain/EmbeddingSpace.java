package dev.agenticmemory.domain;

/// Which vectors can be compared: those of one model with one number of dimensions.
///
/// @param model name of the embedding model, as in the settings
/// @param dimensions components of every vector
public record EmbeddingSpace(String model, int dimensions) {

  public EmbeddingSpace {
    if (model.isBlank() || dimensions < 1) {
      throw new IllegalArgumentException(
          "Not an embedding space: %s, %d".formatted(model, dimensions));
    }
  }

  @Override
  public String toString() {
    return "%s (%d dimensions)".formatted(model, dimensions);
  }
}
