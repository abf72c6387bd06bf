package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import java.util.List;

/// An embedding model whose provider a test can switch off.
final class SwitchedEmbedder implements Embedder {

  private final Embedder model;
  volatile boolean down;

  SwitchedEmbedder(Embedder model) {
    this.model = model;
  }

  @Override
  public EmbeddingSpace space() {
    return model.space();
  }

  @Override
  public int windowTokens() {
    return model.windowTokens();
  }

  @Override
  public List<Embedding> embed(List<String> texts, Purpose purpose) {
    if (down) {
      throw new Unavailable("The embedding model is down", "Try again later.", null);
    }
    return model.embed(texts, purpose);
  }
}
