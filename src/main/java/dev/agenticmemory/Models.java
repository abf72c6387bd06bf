package dev.agenticmemory;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.EmbeddingSource;
import dev.agenticmemory.config.Llm;
import dev.agenticmemory.config.Rerank;
import dev.agenticmemory.config.Secret;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.bedrock.BedrockEmbedder;
import dev.agenticmemory.embed.onnx.OnnxEmbedder;
import dev.agenticmemory.embed.openai.OpenAiEmbedder;
import dev.agenticmemory.llm.Chat;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.bedrock.BedrockChat;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.rerank.http.HttpReranker;
import dev.agenticmemory.rerank.model.ModelReranker;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The models that the settings ask for.
final class Models {

  /// A search waits for it.
  private static final Duration EMBEDDING_MAX = Duration.ofSeconds(15);

  /// Older models make vectors of one size, and refuse to be told which.
  private static final String ONE_SIZE = "text-embedding-ada-002";

  private Models() {}

  static Embedder embedder(Config config, Path nativeDir, Clock clock) {
    return switch (config.embedding()) {
      case EmbeddingSource.Bundled(EmbeddingSource.Model model) ->
          new OnnxEmbedder(bundled(model), nativeDir);
      case EmbeddingSource.Folder folder ->
          new OnnxEmbedder(
              new EmbeddingSpace(folder.id(), folder.dimensions()),
              new OnnxEmbedder.Folder(
                  folder.folder(), folder.cls(), folder.textPrefix(), folder.queryPrefix()),
              nativeDir);
      case EmbeddingSource.OpenAi(String id, int dimensions, String url, Secret key) ->
          new OpenAiEmbedder(
              new EmbeddingSpace(id, dimensions),
              url,
              value(key),
              !id.equals(ONE_SIZE),
              EMBEDDING_MAX,
              clock);
      case EmbeddingSource.Bedrock(String id, int dimensions, String region, String endpoint) ->
          new BedrockEmbedder(
              new EmbeddingSpace(id, dimensions), region, endpoint, EMBEDDING_MAX, clock);
    };
  }

  private static OnnxEmbedder.Model bundled(EmbeddingSource.Model model) {
    return switch (model) {
      case ALL_MINILM_L6_V2_Q -> OnnxEmbedder.Model.ALL_MINILM_L6_V2_Q;
      case BGE_SMALL_EN_V15_Q -> OnnxEmbedder.Model.BGE_SMALL_EN_V15_Q;
    };
  }

  /// Null where none is configured.
  static @Nullable LanguageModel languageModel(Llm llm, Clock clock) {
    Chat chat =
        switch (llm.provider()) {
          case NONE -> null;
          case OPENAI ->
              new OpenAiChat(
                  Objects.requireNonNull(llm.baseUrl()),
                  value(llm.apiKey()),
                  llm.model(),
                  llm.timeout(),
                  llm.headers(),
                  clock);
          case BEDROCK ->
              new BedrockChat(llm.model(), llm.region(), llm.baseUrl(), llm.timeout(), clock);
        };
    return chat == null
        ? null
        : new PromptedModel(chat, Prompts.read(llm.extractionPrompt(), llm.decisionPrompt()));
  }

  /// What reads what a search found; null where none is configured.
  ///
  /// @param metered counts what a language model is asked
  static @Nullable Reranker reranker(
      Config config, UnaryOperator<LanguageModel> metered, Clock clock) {
    return switch (config.rerank()) {
      case null -> null;
      case Rerank.Http(URI url, String name, Secret key, Duration timeout, int topN) ->
          new HttpReranker(new HttpReranker.Settings(url, name, value(key), timeout, topN));
      case Rerank.Model(Duration timeout, int topN) -> {
        LanguageModel model = languageModel(config.llm().withTimeout(timeout), clock);
        yield model == null ? null : new ModelReranker(metered.apply(model), topN, clock);
      }
    };
  }

  private static @Nullable String value(@Nullable Secret secret) {
    return secret == null ? null : secret.value();
  }
}
