package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Unavailable;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        server(
            new Connections(0, _ -> true, Duration.ofMillis(100)),
            new Mount(new HealthServlet(List.of()), "/health"))) {
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

  @ParameterizedTest
  @ValueSource(strings = {"/answer", "/stream"})
  void aClientThatReadsNextToNothingOfWhatItAskedForIsCutOffAndOneThatReadsIsNot(String path)
      throws Exception {
    Endless endless = new Endless();
    try (HttpServer server =
        server(
            new Connections(0, _ -> true, Duration.ofSeconds(1)),
            new Mount(endless, "/answer", "/stream"))) {
      server.start();
      try (Socket slow = new Socket();
          Socket quick = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        slow.setReceiveBufferSize(4_096);
        slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        ask(slow, path);
        ask(quick, path);
        Thread.ofVirtual().start(() -> readToTheEnd(quick));
        Thread.ofVirtual().start(() -> readByDrips(slow));
        assertThat(endless.failed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(endless.failures).hasValue(1);
      }
    }
  }

  @Test
  void anAddressGetsItsShareOfConnectionsAndOthersGetTheirs() throws Exception {
    InetAddress one = loopback(1);
    InetAddress other = loopback(2);
    InetAddress exempt = loopback(3);
    try (HttpServer server =
        server(
            new Connections(2, exempt::equals, Duration.ofSeconds(15)),
            new Mount(new HealthServlet(List.of()), "/health"))) {
      server.start();
      try (Socket _ = answered(one, server)) {
        try (Socket _ = answered(one, server);
            Socket third = from(one, server);
            Socket _ = answered(other, server);
            Socket _ = answered(exempt, server);
            Socket _ = answered(exempt, server);
            Socket _ = answered(exempt, server)) {
          assertThat(isAnswered(third)).isFalse();
        }
        assertThat(isAnsweredInTheEnd(one, server)).isTrue();
      }
    }
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }

  private static Socket answered(InetAddress address, HttpServer server) throws IOException {
    Socket socket = from(address, server);
    assertThat(isAnswered(socket)).as("a connection from " + address).isTrue();
    return socket;
  }

  @Test
  void ofTheAddressesOfOneNetworkAllCountAsOne() {
    InetAddress one = InetAddress.ofLiteral("2001:db8:1:2::1");
    assertThat(ConnectionsPerAddress.network(one))
        .isEqualTo(ConnectionsPerAddress.network(InetAddress.ofLiteral("2001:db8:1:2:ffff::9")))
        .isNotEqualTo(ConnectionsPerAddress.network(InetAddress.ofLiteral("2001:db8:1:3::1")));
    InetAddress old = InetAddress.ofLiteral("192.0.2.7");
    assertThat(ConnectionsPerAddress.network(old)).isEqualTo(old);
  }

  private static HttpServer server(Connections connections, Mount mount) {
    return new HttpServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null,
        connections,
        List.of(),
        List.of(mount));
  }

  private static Socket from(InetAddress address, HttpServer server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.port(), address, 0);
  }

  private static void ask(Socket socket, String path) throws IOException {
    socket
        .getOutputStream()
        .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(US_ASCII));
  }

  private static boolean isAnswered(Socket socket) {
    try {
      ask(socket, "/health");
      return socket.getInputStream().read() == 'H';
    } catch (IOException _) {
      return false;
    }
  }

  /// The server learns a moment later that a connection has ended.
  private static boolean isAnsweredInTheEnd(InetAddress address, HttpServer server)
      throws Exception {
    for (int i = 0; i < 1_000; i++) {
      try (Socket socket = from(address, server)) {
        if (isAnswered(socket)) {
          return true;
        }
      }
      Thread.sleep(20);
    }
    return false;
  }

  private static void readToTheEnd(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException _) {
      // The test has hung up.
    }
  }

  /// So that the connection is never silent.
  private static void readByDrips(Socket socket) {
    try {
      while (socket.getInputStream().read(new byte[256]) >= 0) {
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException _) {
      // The server has hung up.
    }
  }

  /// Answers without an end: in one long write, or by many small ones of another thread.
  private static final class Endless extends HttpServlet {
    private final transient CountDownLatch failed = new CountDownLatch(1);
    private final AtomicInteger failures = new AtomicInteger();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getServletPath().equals("/answer")) {
        write(response, 64 * 1024 * 1024);
      } else {
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        Thread.ofVirtual()
            .start(() -> {
              write(response, 256);
              async.complete();
            });
      }
    }

    private void write(HttpServletResponse response, int length) {
      try {
        while (true) {
          response.getOutputStream().write(new byte[length]);
          response.flushBuffer();
        }
      } catch (IOException _) {
        failures.incrementAndGet();
        failed.countDown();
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
