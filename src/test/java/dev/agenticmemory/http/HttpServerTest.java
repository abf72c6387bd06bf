package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Unavailable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
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

  @Test
  void aClientThatNeverEndsItsHeadersIsCutOffAndOneThatIsSilentBetweenRequestsIsNot()
      throws Exception {
    try (HttpServer server =
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            List.of(),
            List.of(new Mount(new HealthServlet(List.of()), "/health")),
            Duration.ofMillis(100))) {
      server.start();
      try (Socket polite = new Socket(InetAddress.getLoopbackAddress(), server.port());
          Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        byte[] request = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII);
        polite.getOutputStream().write(request);
        assertThat(polite.getInputStream().read()).isEqualTo('H');
        slow.getOutputStream()
            .write("GET /health HTTP/1.1\r\nHost: localhost\r\nX: ".getBytes(US_ASCII));
        assertThat(isCutOffWhileDripping(slow)).isTrue();
        polite
            .getOutputStream()
            .write(
                "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(US_ASCII));
        assertThat(new String(polite.getInputStream().readAllBytes(), US_ASCII))
            .startsWith("TTP/1.1 200")
            .contains("HTTP/1.1 200");
      }
    }
  }

  /// Sends a byte now and then, for as long as the server takes them.
  private static boolean isCutOffWhileDripping(Socket socket) throws InterruptedException {
    for (int i = 0; i < 1_000; i++) {
      try {
        socket.getOutputStream().write('x');
        Thread.sleep(20);
      } catch (IOException _) {
        return true;
      }
    }
    return false;
  }

  private static HttpServer server(int port) {
    return new HttpServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        List.of(),
        List.of(new Mount(new HealthServlet(List.of()), "/health")));
  }
}
