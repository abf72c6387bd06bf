package dev.agenticmemory.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// HTTP/1.1 by the JDK's client, with an end to every call: by time from the first byte sent to the
/// last byte read, and by length of the answer.
///
/// The client that langchain4j brings asks for an upgrade to HTTP/2, at which some local servers
/// hang; has no limit on an answer; and keeps `Retry-After` to itself.
public final class BoundedHttp implements HttpClient {

  /// Longest answer that is read, in bytes: a hundred times a good one, or 100 embeddings.
  static final int ANSWER_BYTES_MAX = 4 * 1024 * 1024;

  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  private final java.net.http.HttpClient client =
      java.net.http.HttpClient.newBuilder()
          .version(java.net.http.HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_MAX)
          .build();
  private final Duration timeout;
  private final Clock clock;

  private BoundedHttp(Duration timeout, Clock clock) {
    this.timeout = timeout;
    this.clock = clock;
  }

  /// What langchain4j's models take.
  ///
  /// @param timeout for a whole call
  public static HttpClientBuilder builder(Duration timeout, Clock clock) {
    return new Builder(new BoundedHttp(timeout, clock));
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    HttpResponse<byte[]> response = send(request);
    String body = new String(response.body(), UTF_8);
    if (response.statusCode() / 100 != 2) {
      throw new BadStatus(
          response.statusCode(),
          body,
          RetryAfter.parse(response.headers().firstValue("Retry-After").orElse(null), clock));
    }
    return SuccessfulHttpResponse.builder()
        .statusCode(response.statusCode())
        .headers(response.headers().map())
        .body(body)
        .build();
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            jdkRequest(request),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("No answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause() instanceof IOException io ? bounded(io) : e);
    } finally {
      answer.cancel(true);
    }
  }

  /// The JDK tells of an answer that is too long in words alone.
  private static IOException bounded(IOException e) {
    String words = String.valueOf(e.getMessage()).toLowerCase(java.util.Locale.ROOT);
    return words.contains("capacity") || words.contains("limit")
        ? new TooLong(ANSWER_BYTES_MAX)
        : e;
  }

  private static java.net.http.HttpRequest jdkRequest(HttpRequest request) {
    java.net.http.HttpRequest.Builder builder =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()));
    request.headers().forEach((name, values) -> values.forEach(v -> builder.header(name, v)));
    String body = request.body();
    return builder
        .method(
            request.method().name(),
            body == null
                ? java.net.http.HttpRequest.BodyPublishers.noBody()
                : java.net.http.HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("Nothing here is streamed");
  }

  /// Hands out one client; the times that models set are not its.
  private record Builder(BoundedHttp http) implements HttpClientBuilder {

    @Override
    public Duration connectTimeout() {
      return CONNECT_MAX;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration ignored) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return http.timeout;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration ignored) {
      return this;
    }

    @Override
    public HttpClient build() {
      return http;
    }
  }
}
