package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Unavailable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HttpServerTest {

  @Test
  void itAnswersAtTheAddressThatItSays() throws Exception {
    try (HttpServer server = server(0)) {
      server.start();
      URI health = URI.create("http://127.0.0.1:%d/health".formatted(server.port()));
      String body =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString())
              .body();
      assertThat(body)
          .isEqualTo("{\"status\":\"ok\",\"service\":\"mem0-memory-service\",\"components\":{}}");
    }
  }

  @Test
  void aPortThatIsTakenIsAnErrorThatNamesTheSetting() {
    try (HttpServer first = server(0)) {
      first.start();
      try (HttpServer second = server(first.port())) {
        assertThatThrownBy(second::start)
            .isInstanceOf(Unavailable.class)
            .hasMessageContaining(String.valueOf(first.port()))
            .extracting(e -> ((Unavailable) e).hint())
            .asString()
            .contains("SERVICE_PORT");
      }
    }
  }

  private static HttpServer server(int port) {
    return new HttpServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        List.of(),
        List.of(new Mount(new HealthServlet(List.of()), "/health")));
  }
}
