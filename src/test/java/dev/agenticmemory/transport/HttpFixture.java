package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.http.HttpServer;
import dev.agenticmemory.http.Mount;
import dev.agenticmemory.mcp.Dispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;

/// A dispatcher behind a real server, and a client that sends it whatever it is told to. The header
/// `user` says who calls, and binds the call to that user.
final class HttpFixture implements AutoCloseable {

  static final String BOTH = "application/json, text/event-stream";

  private final Dispatcher dispatcher;
  private final McpEndpoints mcp;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  HttpFixture(Dispatcher dispatcher, Clock clock) {
    this.dispatcher = dispatcher;
    mcp = new McpEndpoints(dispatcher, HttpFixture::caller, clock);
    server =
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(),
            List.of(
                new Mount(mcp.streamable(), "/mcp"), new Mount(mcp.sse(), McpEndpoints.SSE_PATHS)));
    server.start();
  }

  private static Caller caller(HttpServletRequest request) {
    String user = request.getHeader("user");
    return user == null
        ? Fixture.free()
        : new Caller(new UserId(user), true, null, Source.TOOL, Sharing.USER);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .header("Content-Type", "application/json")
        .header("Accept", BOTH);
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /// Opens a stream of events.
  Events events(HttpRequest.Builder request) throws Exception {
    return new Events(client.send(request.build(), BodyHandlers.ofInputStream()));
  }

  /// The id of a new session.
  String session(String... headers) throws Exception {
    return post("/mcp", Frames.initialize("2025-11-25"), headers)
        .headers()
        .firstValue("Mcp-Session-Id")
        .orElseThrow();
  }

  void endSessions() {
    mcp.close();
  }

  @Override
  public void close() {
    mcp.close();
    client.shutdownNow(); // The server would wait for connections that are kept open.
    server.close();
    dispatcher.close();
  }

  /// A stream of events that is read one by one.
  static final class Events implements AutoCloseable {
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private Events(HttpResponse<InputStream> response) {
      this.response = response;
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    int status() {
      return response.statusCode();
    }

    /// The data of the next event; waits for it.
    String data() {
      try {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data: ")) {
          line = lines.readLine();
        }
        return line == null ? "the end of the stream" : line.substring("data: ".length());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    JsonNode next() {
      return Fixture.parsed(data());
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }
}
