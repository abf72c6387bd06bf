package dev.agenticmemory.rerank.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.rerank.Reranker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model behind `POST /rerank`, as Cohere, Jina, vLLM, text-embeddings-inference (TEI) and
/// DashScope offer it.
///
/// The first four take `query` and `documents` (TEI calls them `texts`, and gets both) and answer a
/// list of `index` and `relevance_score` (TEI: `score`). DashScope's own address wraps the same in
/// `input` and `output`; it is known by its path.
public final class HttpReranker implements Reranker {

  /// What it needs to know.
  ///
  /// @param url the whole address, such as `https://api.jina.ai/v1/rerank`
  /// @param model null where the endpoint has one model alone
  /// @param apiKey sent as a bearer token; null for none
  /// @param timeout how long one call may take, connecting included
  /// @param topN how many texts it gets to read, 1 to [#TOP_N_MAX]
  public record Settings(
      URI url, @Nullable String model, @Nullable String apiKey, Duration timeout, int topN) {

    /// Endpoints refuse more.
    public static final int TOP_N_MAX = 100;

    public static final int TOP_N_DEFAULT = 30;
    public static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(3);

    public Settings {
      if (topN < 1 || topN > TOP_N_MAX) {
        throw new IllegalArgumentException(
            "topN must be 1 to %d, is %d".formatted(TOP_N_MAX, topN));
      }
      if (timeout.isNegative() || timeout.isZero()) {
        throw new IllegalArgumentException("timeout must be positive, is " + timeout);
      }
    }

    /// Without the key.
    @Override
    public String toString() {
      return "Settings[url=%s, model=%s, timeout=%s, topN=%d]".formatted(url, model, timeout, topN);
    }
  }

  /// The 512 tokens that the smaller models read.
  private static final int TEXT_CHARS_MAX = 2_000;

  private final Settings settings;
  private final HttpClient client;

  public HttpReranker(Settings settings) {
    this.settings = settings;
    client =
        HttpClient.newBuilder()
            // Servers without HTTP/2 answer the offer to upgrade with an empty body.
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
  }

  @Override
  public String name() {
    String host = settings.url().getHost();
    return settings.model() == null ? host : settings.model() + " at " + host;
  }

  @Override
  public int topN() {
    return settings.topN();
  }

  @Override
  public int textCharsMax() {
    return TEXT_CHARS_MAX;
  }

  @Override
  public List<Double> scores(String query, List<String> texts) {
    return read(send(Json.print(body(query, texts))), texts.size());
  }

  private boolean isDashScope() {
    return settings.url().getPath().contains("/services/rerank/");
  }

  private ObjectNode body(String query, List<String> texts) {
    ObjectNode body = Json.object();
    if (settings.model() != null) {
      body.put("model", settings.model());
    }
    if (isDashScope()) {
      ObjectNode input = body.putObject("input").put("query", query);
      fill(input.putArray("documents"), texts);
      body.putObject("parameters").put("top_n", texts.size()).put("return_documents", false);
      return body;
    }
    body.put("query", query);
    fill(body.putArray("documents"), texts);
    if (settings.model() == null) {
      // TEI, which knows no model in the request.
      fill(body.putArray("texts"), texts);
    } else {
      body.put("top_n", texts.size());
    }
    return body;
  }

  private static void fill(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }

  private String send(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.url())
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (settings.apiKey() != null) {
      request.header("Authorization", "Bearer " + settings.apiKey());
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        // Not its body, which may repeat what was sent.
        throw unavailable("answered with status " + response.statusCode(), null);
      }
      return response.body();
    } catch (IOException e) {
      throw unavailable("did not answer (%s)".formatted(e.getClass().getSimpleName()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was interrupted", e);
    }
  }

  private List<Double> read(String answer, int texts) {
    JsonNode results = results(parse(answer));
    double[] scores = new double[texts];
    Arrays.fill(scores, Double.NaN);
    for (JsonNode result : results) {
      int index = result.path("index").asInt(-1);
      JsonNode score =
          result.has("relevance_score") ? result.get("relevance_score") : result.path("score");
      if (index < 0 || index >= texts || !score.isNumber()) {
        throw unavailable("answered something else than scores", null);
      }
      scores[index] = score.doubleValue();
    }
    if (Arrays.stream(scores).anyMatch(Double::isNaN)) {
      throw unavailable("did not score every text", null);
    }
    return probabilities(scores);
  }

  private JsonNode parse(String answer) {
    try {
      return Json.parse(answer);
    } catch (JsonProcessingException _) {
      // Its message repeats what was answered.
      throw unavailable("answered something else than JSON", null);
    }
  }

  private static JsonNode results(JsonNode answer) {
    if (answer.isArray()) {
      return answer; // TEI
    }
    JsonNode output = answer.has("output") ? answer.get("output") : answer;
    return output.has("results") ? output.get("results") : output.path("data");
  }

  /// Most endpoints answer probabilities; scores beyond these are logits.
  private static List<Double> probabilities(double[] scores) {
    boolean logits = Arrays.stream(scores).anyMatch(score -> score < 0 || score > 1);
    List<Double> probabilities = new ArrayList<>();
    for (double score : scores) {
      probabilities.add(logits ? 1 / (1 + Math.exp(-score)) : score);
    }
    return probabilities;
  }

  private Unavailable unavailable(String problem, @Nullable Throwable cause) {
    return new Unavailable(
        "The reranker at %s %s".formatted(settings.url().getHost(), problem),
        "Check RERANK_URL, RERANK_MODEL and RERANK_API_KEY, or raise RERANK_TIMEOUT_MS.",
        cause);
  }
}
