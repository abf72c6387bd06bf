package dev.agenticmemory.rerank.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRerankerTest {

  private static final String KEY = "sk-very-secret";

  private HttpServer server;
  private volatile int status = 200;
  private volatile String answer = "";
  private volatile String request = "";
  private volatile @Nullable String authorization;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          request = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          authorization = exchange.getRequestHeaders().getFirst("Authorization");
          byte[] body = answer.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpReranker reranker(String path, @Nullable String model) {
    URI url = URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
    return new HttpReranker(new HttpReranker.Settings(url, model, KEY, Duration.ofSeconds(2), 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Cohere, Jina and vLLM
        "{\"results\":[{\"index\":1,\"relevance_score\":0.9},{\"index\":0,\"relevance_score\":0.2}]}",
        // TEI
        "[{\"index\":1,\"score\":0.9},{\"index\":0,\"score\":0.2}]",
        // DashScope
        "{\"output\":{\"results\":[{\"index\":1,\"relevance_score\":0.9},{\"index\":0,\"relevance_score\":0.2}]}}",
        // Voyage
        "{\"data\":[{\"index\":1,\"relevance_score\":0.9},{\"index\":0,\"relevance_score\":0.2}]}",
      })
  void readsTheScoresOfEachFormat(String format) {
    answer = format;
    assertThat(reranker("/v1/rerank", "m").scores("q", List.of("a", "b")))
        .containsExactly(0.2, 0.9);
    assertThat(authorization).isEqualTo("Bearer " + KEY);
  }

  @Test
  void logitsBecomeProbabilities() {
    answer = "[{\"index\":0,\"score\":0.0},{\"index\":1,\"score\":-4.0}]";
    assertThat(reranker("/rerank", null).scores("q", List.of("a", "b")))
        .satisfiesExactly(
            first -> assertThat(first).isEqualTo(0.5),
            second -> assertThat(second).isLessThan(0.02));
  }

  @Test
  void asksAsTheEndpointExpects() throws IOException {
    answer = "{\"results\":[{\"index\":0,\"relevance_score\":0.2}]}";
    reranker("/v1/rerank", "m").scores("q", List.of("a"));
    assertThat(Json.parse(request))
        .isEqualTo(
            Json.parse("{\"model\":\"m\",\"query\":\"q\",\"documents\":[\"a\"],\"top_n\":1}"));
    reranker("/api/v1/services/rerank/text-rerank/text-rerank", "m").scores("q", List.of("a"));
    assertThat(Json.parse(request))
        .isEqualTo(
            Json.parse(
                "{\"model\":\"m\",\"input\":{\"query\":\"q\",\"documents\":[\"a\"]},"
                    + "\"parameters\":{\"top_n\":1,\"return_documents\":false}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-very-secret is wrong",
        "{}",
        "{\"results\":[]}",
        "{\"results\":[{\"index\":7,\"relevance_score\":0.2}]}",
        "{\"results\":[{\"index\":0,\"relevance_score\":\"high\"}]}",
      })
  void nonsenseIsAFailureThatTellsNoSecret(String nonsense) {
    answer = nonsense;
    assertThatThrownBy(() -> reranker("/rerank", "m").scores("q", List.of("a")))
        .isInstanceOf(Unavailable.class)
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain(KEY));
  }

  @Test
  void aRefusalIsAFailureThatTellsNoSecret() {
    status = 401;
    answer = "bad key " + KEY;
    assertThatThrownBy(() -> reranker("/rerank", "m").scores("q", List.of("a")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("401")
        .satisfies(e -> assertThat(e.toString()).doesNotContain(KEY));
    assertThat(
            new HttpReranker.Settings(
                    URI.create("http://x/rerank"), "m", KEY, Duration.ofSeconds(1), 5)
                .toString())
        .doesNotContain(KEY);
  }

  @Test
  void nobodyThereIsAFailure() {
    server.stop(0);
    assertThatThrownBy(() -> reranker("/rerank", "m").scores("q", List.of("a")))
        .isInstanceOf(Unavailable.class);
  }
}
