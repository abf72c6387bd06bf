package dev.agenticmemory.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where vectors come from: `EMBEDDING_PROVIDER` (`local`, `openai` or `bedrock`; where it is not
/// set, what `EMBEDDING_MODEL` looks like) and `EMBEDDING_MODEL`, default `all-minilm-l6-v2-q`.
public sealed interface EmbeddingSource {

  /// The name of the model, as in the settings.
  String id();

  /// A model that comes with the program.
  record Bundled(Model model) implements EmbeddingSource {
    @Override
    public String id() {
      return model.id();
    }
  }

  /// A folder with `model.onnx` and `tokenizer.json`, named by `EMBEDDING_MODEL`.
  ///
  /// @param dimensions `EMBEDDING_DIMS`, which must be set
  /// @param cls whether `EMBEDDING_POOLING` is `cls`; else it is `mean`
  /// @param textPrefix `EMBEDDING_TEXT_PREFIX`: what the model wants before each text that is kept
  /// @param queryPrefix `EMBEDDING_QUERY_PREFIX`: likewise before what is looked for
  record Folder(Path folder, int dimensions, boolean cls, String textPrefix, String queryPrefix)
      implements EmbeddingSource {
    @Override
    public String id() {
      return String.valueOf(folder.getFileName());
    }
  }

  /// Any endpoint that speaks OpenAI's embeddings.
  ///
  /// @param dimensions `EMBEDDING_DIMS`; those of known models need not be set
  /// @param baseUrl `EMBEDDING_BASE_URL`, else `LLM_BASE_URL`
  /// @param apiKey `EMBEDDING_API_KEY`, else `LLM_API_KEY`
  record OpenAi(String id, int dimensions, String baseUrl, @Nullable Secret apiKey)
      implements EmbeddingSource {}

  /// A model of Amazon Bedrock.
  ///
  /// @param endpoint `EMBEDDING_BASE_URL`; null for the region's
  record Bedrock(String id, int dimensions, String region, @Nullable String endpoint)
      implements EmbeddingSource {}

  /// The models that come with the program.
  enum Model {
    ALL_MINILM_L6_V2_Q,
    BGE_SMALL_EN_V15_Q;

    /// The name in the settings.
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// Whose wire format is spoken.
  enum Provider {
    LOCAL,
    OPENAI,
    BEDROCK
  }

  int DIMENSIONS_MAX = 4_096;

  /// Dimensions of models that need not be told.
  Map<String, Integer> KNOWN_DIMENSIONS =
      Map.of(
          "text-embedding-3-small", 1_536,
          "text-embedding-3-large", 3_072,
          "text-embedding-ada-002", 1_536,
          "text-embedding-v3", 1_024,
          "text-embedding-v4", 1_024,
          "amazon.titan-embed-text-v2:0", 1_024,
          "amazon.titan-embed-text-v1", 1_536,
          "cohere.embed-multilingual-v3", 1_024,
          "cohere.embed-english-v3", 1_024);

  static EmbeddingSource read(Config.Reader settings, Llm llm) {
    settings.knows(
        "EMBEDDING_API_KEY",
        "EMBEDDING_POOLING",
        "EMBEDDING_QUERY_PREFIX",
        "EMBEDDING_TEXT_PREFIX");
    String name = settings.text("EMBEDDING_MODEL", Model.ALL_MINILM_L6_V2_Q.id());
    boolean remote = !settings.text("EMBEDDING_BASE_URL", "").isEmpty();
    Provider guessed =
        Llm.isBedrock(name) ? Provider.BEDROCK : remote ? Provider.OPENAI : Provider.LOCAL;
    Provider provider =
        settings.read(
            "EMBEDDING_PROVIDER", guessed, Config.Reader.one(Provider.values(), Enum::name));
    int dimensions =
        settings.number(
            "EMBEDDING_DIMS", KNOWN_DIMENSIONS.getOrDefault(name, 0), 1, DIMENSIONS_MAX);
    EmbeddingSource source =
        switch (provider) {
          case LOCAL -> local(settings, name, dimensions);
          case OPENAI -> openAi(settings, llm, name, dimensions);
          case BEDROCK ->
              new Bedrock(
                  name, dimensions, Llm.region(settings), nullable(settings, "EMBEDDING_BASE_URL"));
        };
    if (dimensions == 0 && !(source instanceof Bundled)) {
      settings.problem("EMBEDDING_DIMS: is not set, and those of %s are not known".formatted(name));
    }
    return source;
  }

  private static EmbeddingSource local(Config.Reader settings, String name, int dimensions) {
    String textPrefix = settings.text("EMBEDDING_TEXT_PREFIX", "");
    String queryPrefix = settings.text("EMBEDDING_QUERY_PREFIX", "");
    boolean cls = settings.text("EMBEDDING_POOLING", "mean").equalsIgnoreCase("cls");
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      Path folder = Path.of(name);
      for (String file : new String[] {"model.onnx", "tokenizer.json"}) {
        if (!Files.isReadable(folder.resolve(file))) {
          settings.problem("EMBEDDING_MODEL: there is no %s in %s".formatted(file, folder));
        }
      }
      return new Folder(folder, Math.max(dimensions, 1), cls, textPrefix, queryPrefix);
    }
    return new Bundled(
        settings.read(
            "EMBEDDING_MODEL",
            Model.ALL_MINILM_L6_V2_Q,
            Config.Reader.one(Model.values(), Model::id)));
  }

  private static EmbeddingSource openAi(
      Config.Reader settings, Llm llm, String name, int dimensions) {
    String inherited =
        llm.provider() == Llm.Provider.OPENAI && llm.baseUrl() != null
            ? llm.baseUrl()
            : Llm.OPENAI_URL;
    String url = settings.text("EMBEDDING_BASE_URL", inherited);
    Secret own = settings.secret("EMBEDDING_API_KEY");
    // A key goes only where it was meant to.
    Secret key = own != null ? own : url.equals(inherited) ? llm.apiKey() : null;
    if (key == null && url.equals(Llm.OPENAI_URL)) {
      settings.problem("EMBEDDING_API_KEY: is not set; set it, or EMBEDDING_BASE_URL");
    }
    return new OpenAi(name, Math.max(dimensions, 1), url, key);
  }

  private static @Nullable String nullable(Config.Reader settings, String name) {
    String text = settings.text(name, "");
    return text.isEmpty() ? null : text;
  }
}
