package dev.agenticmemory.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/// How a server on the network is, by its own words.
///
/// @param works whether all of it does
/// @param states of its parts, for a person
record Health(boolean works, String states) {

  private static final int OK = 200;
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(200);

  /// Empty where none answers.
  static Optional<Health> of(URI address) {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(address.resolve("/health")).timeout(ANSWER_MAX).build(),
              HttpResponse.BodyHandlers.ofString());
      return Optional.of(told(response));
    } catch (SSLException _) {
      return Optional.of(new Health(true, "it has a certificate that Java does not know"));
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Health told(HttpResponse<String> response) {
    JsonNode components = components(response.body());
    String states =
        components.properties().stream()
            .map(component -> component.getKey() + " " + component.getValue().asText())
            .collect(Collectors.joining(", "));
    return components.isEmpty()
        ? new Health(false, "another program answers there")
        : new Health(response.statusCode() == OK, states);
  }

  private static JsonNode components(String body) {
    try {
      return Json.parse(body).path("components");
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
  }

  static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
