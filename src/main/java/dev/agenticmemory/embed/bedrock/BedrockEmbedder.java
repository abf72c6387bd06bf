package dev.agenticmemory.embed.bedrock;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.remote.aws.BedrockClients;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.bedrock.BedrockCohereEmbeddingModel;
import dev.langchain4j.model.bedrock.BedrockTitanEmbeddingModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/// Titan Text Embeddings, and Cohere's, which tell what is stored from what is asked.
public final class BedrockEmbedder implements Embedder {

  /// Cohere reads 512 tokens; what is longer is handed over in passages.
  private static final int WINDOW_TOKENS = 400;

  private static final String TITAN_V2 = "amazon.titan-embed-text-v2:0";

  private final EmbeddingSpace space;
  private final EmbeddingModel stored;
  private final EmbeddingModel asked;
  private final Clock clock;

  /// @param endpoint null for the region's
  public BedrockEmbedder(
      EmbeddingSpace space,
      String region,
      @Nullable String endpoint,
      Duration timeout,
      Clock clock) {
    this.space = space;
    this.clock = clock;
    BedrockRuntimeClient client = BedrockClients.client(region, endpoint, timeout);
    if (space.model().contains("cohere.")) {
      stored = cohere(client, BedrockCohereEmbeddingModel.InputType.SEARCH_DOCUMENT);
      asked = cohere(client, BedrockCohereEmbeddingModel.InputType.SEARCH_QUERY);
    } else {
      stored = titan(client);
      asked = stored;
    }
  }

  private EmbeddingModel cohere(
      BedrockRuntimeClient client, BedrockCohereEmbeddingModel.InputType type) {
    return BedrockCohereEmbeddingModel.builder()
        .client(client)
        .model(space.model())
        .inputType(type)
        .maxRetries(0)
        .build();
  }

  private EmbeddingModel titan(BedrockRuntimeClient client) {
    boolean v2 = space.model().equals(TITAN_V2);
    return BedrockTitanEmbeddingModel.builder()
        .client(client)
        .model(space.model())
        .dimensions(v2 ? space.dimensions() : null)
        .normalize(v2 ? true : null)
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
    EmbeddingModel model = purpose == Purpose.STORE ? stored : asked;
    List<Embedding> embeddings;
    try {
      embeddings =
          model.embedAll(texts.stream().map(TextSegment::from).toList()).content().stream()
              .map(e -> Embedding.of(e.vector()))
              .toList();
    } catch (RuntimeException e) {
      throw BedrockClients.failure(e, "The embedding model " + space.model(), clock).unavailable();
    }
    if (embeddings.size() != texts.size()
        || embeddings.stream().anyMatch(e -> e.dimensions() != space.dimensions())) {
      throw new Unavailable(
          "The embedding model %s does not make vectors of %d dimensions"
              .formatted(space.model(), space.dimensions()),
          "Set EMBEDDING_DIMS to what the model makes.",
          null);
    }
    return embeddings;
  }
}
