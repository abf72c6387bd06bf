package dev.agenticmemory.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which reranker reads what a search found.
///
/// @param url `RERANK_URL`: the whole address of a `/rerank` endpoint
/// @param model `RERANK_MODEL`; null where the endpoint has one alone
/// @param apiKey `RERANK_API_KEY`; null where the endpoint asks for none
/// @param timeout `RERANK_TIMEOUT_MS`: for one call, in milliseconds. Default 3,000
/// @param topN `RERANK_TOP_N`: how many texts it reads. Default 30
public record Rerank(
    URI url, @Nullable String model, @Nullable Secret apiKey, Duration timeout, int topN) {

  private static final int TIMEOUT_MS = 3_000;
  private static final int TIMEOUT_MS_MAX = 60_000;
  private static final int TOP_N = 30;
  private static final int TOP_N_MAX = 100;

  /// The settings; null where there is no `RERANK_URL`.
  static @Nullable Rerank read(Config.Reader in) {
    URI url = in.<@Nullable URI>read("RERANK_URL", null, Rerank::address);
    String model = in.text("RERANK_MODEL", "");
    Secret apiKey = in.secret("RERANK_API_KEY");
    int timeout = in.number("RERANK_TIMEOUT_MS", TIMEOUT_MS, 1, TIMEOUT_MS_MAX);
    int topN = in.number("RERANK_TOP_N", TOP_N, 1, TOP_N_MAX);
    if (url == null) {
      return null;
    }
    return new Rerank(
        url, model.isEmpty() ? null : model, apiKey, Duration.ofMillis(timeout), topN);
  }

  private static URI address(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !String.valueOf(url.getScheme()).startsWith("http")) {
      throw new IllegalArgumentException("is not an http or https address");
    }
    return url;
  }
}
