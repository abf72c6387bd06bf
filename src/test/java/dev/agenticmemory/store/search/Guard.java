package dev.agenticmemory.store.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/// Stands before a real server, speaks TLS, and lets in whom its doorman lets in.
public final class Guard implements AutoCloseable {

  /// The server is there for a client only with the first of these headers.
  private static final List<String> ANSWERED =
      List.of("X-Elastic-Product", "Content-Type", "Content-Encoding");

  private static final List<String> ASKED =
      List.of("Content-Type", "Accept", "Content-Encoding", "Accept-Encoding");

  private static final int LET_IN = 200;

  /// Decides about each request.
  public interface Doorman {
    /// 200 to let it in, else the status with which it is refused.
    int status(Request request) throws IOException;
  }

  /// A request as it arrives.
  ///
  /// @param query as it was sent; empty for none
  public record Request(
      String method, String path, String query, Headers headers, ByteBuffer body) {

    byte[] bytes() {
      byte[] bytes = new byte[body.remaining()];
      body.duplicate().get(bytes);
      return bytes;
    }

    /// The first value of a header; empty where it is missing.
    public String header(String name) {
      String value = headers.getFirst(name);
      return value == null ? "" : value;
    }
  }

  private final HttpServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI real;
  private final Doorman doorman;

  public Guard(URI real, SSLContext tls, Doorman doorman) throws IOException {
    this.real = real;
    this.doorman = doorman;
    HttpsServer made =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    made.setHttpsConfigurator(new HttpsConfigurator(tls));
    server = made;
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public URI address() {
    return URI.create("https://localhost:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI uri = exchange.getRequestURI();
      String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
      Request request =
          new Request(
              exchange.getRequestMethod(),
              uri.getRawPath(),
              query,
              exchange.getRequestHeaders(),
              ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()));
      int status = doorman.status(request);
      if (status == LET_IN) {
        forward(exchange, request);
      } else {
        byte[] body = "{\"error\":{\"reason\":\"not let in\"}}".getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer(exchange, status, body);
      }
    }
  }

  private void forward(HttpExchange exchange, Request request) throws IOException {
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(real.resolve(exchange.getRequestURI()))
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(request.bytes()));
    for (String name : ASKED) {
      if (!request.header(name).isEmpty()) {
        forwarded.header(name, request.header(name));
      }
    }
    try {
      HttpResponse<byte[]> answer =
          client.send(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray());
      for (String name : ANSWERED) {
        answer
            .headers()
            .firstValue(name)
            .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
      }
      answer(exchange, answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean empty = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
