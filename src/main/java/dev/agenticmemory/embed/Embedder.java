package dev.agenticmemory.embed;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import java.lang.Character.UnicodeScript;
import java.util.List;

/// Turns text into vectors. Safe for concurrent use.
public interface Embedder extends AutoCloseable {

  /// What a text is embedded for; some models treat the two differently.
  enum Purpose {
    STORE,
    SEARCH
  }

  /// The model and the dimensions of every vector it makes. Answered at once: never waits for the
  /// model to load.
  EmbeddingSpace space();

  /// How many tokens of one text the model reads well; longer texts are handed over in passages.
  int windowTokens();

  /// Whether it makes sense of texts in this script. Where it does not, words alone are compared.
  default boolean reads(UnicodeScript script) {
    return true;
  }

  /// The meaning of each text, in order. The same text gives the same vector.
  ///
  /// Throws `Unavailable` where the model cannot be loaded or its provider does not answer.
  ///
  /// @param texts none blank
  List<Embedding> embed(List<String> texts, Purpose purpose);

  /// Starts whatever the first call would otherwise wait for. Returns at once.
  default void warmUp() {}

  @Override
  default void close() {}
}
