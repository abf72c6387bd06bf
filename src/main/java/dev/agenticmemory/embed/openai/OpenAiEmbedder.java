package dev.agenticmemory.embed.openai;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.remote.BoundedHttp;
import dev.agenticmemory.remote.Failure;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Embeddings of OpenAI, DashScope, Ollama, vLLM and their like.
public final class OpenAiEmbedder implements Embedder {

  /// Most texts of one call: DashScope's text-embedding-v4 refuses more.
  private static final int TEXTS_OF_CALL_MAX = 10;

  /// These models read 8,000 tokens; passages of this many are told apart better.
  private static final int WINDOW_TOKENS = 1_000;

  private final EmbeddingSpace space;
  private final OpenAiEmbeddingModel model;
  private final @Nullable String apiKey;

  /// @param apiKey null for servers that ask for none
  /// @param sendDimensions whether the model is told how many dimensions are wanted; older ones
  ///   refuse to be
  public OpenAiEmbedder(
      EmbeddingSpace space,
      String baseUrl,
      @Nullable String apiKey,
      boolean sendDimensions,
      Duration timeout,
      Clock clock) {
    this.space = space;
    this.apiKey = apiKey;
    model =
        OpenAiEmbeddingModel.builder()
            .httpClientBuilder(BoundedHttp.builder(timeout, clock))
            .baseUrl(baseUrl)
            .apiKey(apiKey == null ? "none" : apiKey)
            .modelName(space.model())
            .dimensions(sendDimensions ? space.dimensions() : null)
            .maxSegmentsPerBatch(TEXTS_OF_CALL_MAX)
            .timeout(timeout)
            .maxRetries(0)
            .build();
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public int windowTokens() {
    return WINDOW_TOKENS;
  }

  @Override
  public List<Embedding> embed(List<String> texts, Purpose purpose) {
    List<Embedding> embeddings;
    try {
      embeddings =
          model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
              .map(e -> Embedding.of(e.vector()))
              .toList();
    } catch (RuntimeException e) {
      throw Failure.of(e, "The embedding model " + space.model()).without(apiKey).unavailable();
    }
    requireShape(embeddings, texts.size());
    return embeddings;
  }

  private void requireShape(List<Embedding> embeddings, int texts) {
    if (embeddings.size() != texts
        || embeddings.stream().anyMatch(e -> e.dimensions() != space.dimensions())) {
      throw new Unavailable(
          "The embedding model %s answered with %d vectors of %d dimensions, not %d of %d"
              .formatted(
                  space.model(),
                  embeddings.size(),
                  embeddings.isEmpty() ? 0 : embeddings.getFirst().dimensions(),
                  texts,
                  space.dimensions()),
          "Set EMBEDDING_DIMS to what the model makes.",
          null);
    }
  }
}
