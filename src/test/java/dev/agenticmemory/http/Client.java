package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client of the server under test.
///
/// @param authorization the header; null for none
record Client(int port, @Nullable String authorization) {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// What the server answered.
  record Answer(int status, HttpResponse<String> response) {

    String text() {
      return response.body();
    }

    JsonNode json() {
      return Fixture.parsed(text());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  Client(int port) {
    this(port, null);
  }

  Client bearer(String token) {
    return new Client(port, "Bearer " + token);
  }

  Answer get(String path) {
    return send("GET", path, null);
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  Answer send(String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    for (List<String> header : pairs(headers)) {
      request.header(header.getFirst(), header.getLast());
    }
    try {
      HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private static List<List<String>> pairs(String... headers) {
    return java.util.stream.IntStream.range(0, headers.length / 2)
        .mapToObj(i -> List.of(headers[2 * i], headers[2 * i + 1]))
        .toList();
  }
}
