package dev.agenticmemory.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which reranker reads what a search found: `RERANK_PROVIDER`, `http` or `llm`; where it is not
/// set, `http` if there is a `RERANK_URL`, else none.
public sealed interface Rerank {

  /// How many texts it reads: `RERANK_TOP_N`. Default 30
  int topN();

  /// A `/rerank` endpoint.
  ///
  /// @param url `RERANK_URL`: the whole address
  /// @param model `RERANK_MODEL`; null where the endpoint has one alone
  /// @param apiKey `RERANK_API_KEY`; null where the endpoint asks for none
  /// @param timeout `RERANK_TIMEOUT_MS`: for one call, in milliseconds. Default 3,000; 10,000 for a
  ///   language model
  record Http(URI url, @Nullable String model, @Nullable Secret apiKey, Duration timeout, int topN)
      implements Rerank {}

  /// The language model of the settings.
  record Model(Duration timeout, int topN) implements Rerank {}

  /// What reranks.
  enum Provider {
    NONE,
    HTTP,
    LLM
  }

  int TIMEOUT_MS = 3_000;
  int MODEL_TIMEOUT_MS = 10_000;
  int TIMEOUT_MS_MAX = 60_000;
  int TOP_N = 30;
  int TOP_N_MAX = 100;

  /// The settings; null for no reranker.
  static @Nullable Rerank read(Config.Reader in, Llm llm) {
    URI url = in.<@Nullable URI>read("RERANK_URL", null, Rerank::address);
    String model = in.text("RERANK_MODEL", "");
    Secret apiKey = in.secret("RERANK_API_KEY");
    int topN = in.number("RERANK_TOP_N", TOP_N, 1, TOP_N_MAX);
    Provider provider =
        in.read(
            "RERANK_PROVIDER",
            url == null ? Provider.NONE : Provider.HTTP,
            Config.Reader.one(Provider.values(), Enum::name));
    int usual = provider == Provider.LLM ? MODEL_TIMEOUT_MS : TIMEOUT_MS;
    Duration timeout = Duration.ofMillis(in.number("RERANK_TIMEOUT_MS", usual, 1, TIMEOUT_MS_MAX));
    return switch (provider) {
      case NONE -> null;
      case HTTP -> {
        if (url == null) {
          in.problem("RERANK_URL: is not set, and RERANK_PROVIDER is http");
          yield null;
        }
        yield new Http(url, model.isEmpty() ? null : model, apiKey, timeout, topN);
      }
      case LLM -> {
        if (llm.provider() == Llm.Provider.NONE) {
          in.problem("LLM_MODEL: is not set, and RERANK_PROVIDER is llm");
        }
        yield new Model(timeout, topN);
      }
    };
  }

  private static URI address(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !String.valueOf(url.getScheme()).startsWith("http")) {
      throw new IllegalArgumentException("is not an http or https address");
    }
    return url;
  }
}
