package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.config.Auditing;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.store.search.RealServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lines on their way to a real engine behind a door that asks for a password and takes little at
/// once; the engine is killed and the shipping process restarted on the way.
@Tag("engine")
final class RealEnginesTest {

  private static final int BYTES_MAX = 32 * 1024;
  private static final int LINES = 3_000;
  private static final int ROUNDS = 6;

  @TempDir Path folder;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger tooLarge = new AtomicInteger();

  @Test
  void elasticsearchGetsEveryLineOnce() throws Exception {
    requireEachOnce(RealServer.elasticsearch(folder.resolve("engine")));
  }

  @Test
  void openSearchGetsEveryLineOnce() throws Exception {
    requireEachOnce(RealServer.openSearch(folder.resolve("engine")));
  }

  private void requireEachOnce(RealServer engine) throws Exception {
    HttpServer door = door(engine.address());
    Destination destination = destination(door.getAddress().getPort());
    Set<String> ids = new TreeSet<>();
    try (engine;
        AuditFiles files = new AuditFiles(folder.resolve("audit"), 30, Clock.systemUTC())) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < LINES / ROUNDS; i++) {
          ids.add(append(files, "%d-%04d".formatted(round, i)));
        }
        if (round == ROUNDS / 2) {
          Thread.ofPlatform()
              .start(() -> {
                engine.kill();
                engine.start();
              });
        }
        try (Shipper shipper = new Shipper(files, destination)) {
          // All that is there now; the next round is another process.
          while (mayBeMore(shipper)) {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
          }
        }
      }
      assertThat(found(engine.address())).isEqualTo(ids);
      assertThat(tooLarge).hasPositiveValue();
    } finally {
      door.stop(0);
    }
  }

  private static String append(AuditFiles files, String id) throws IOException {
    String line =
        "{\"id\":\"%s\",\"time\":\"2026-03-01T12:00:00Z\",\"said\":\"%s\"}\n"
            .formatted(id, "words ".repeat(50));
    files.append(line.getBytes(UTF_8));
    return id;
  }

  private static boolean mayBeMore(Shipper shipper) throws InterruptedException {
    try {
      return shipper.step();
    } catch (IOException _) {
      Thread.sleep(500); // The engine is away; the thread of the shipper would wait longer.
      return true;
    }
  }

  private Set<String> found(URI address) throws Exception {
    ask(address, "POST", "/lines/_refresh", "");
    JsonNode answer =
        ask(address, "POST", "/lines/_search", "{\"size\":10000,\"_source\":[\"id\"]}");
    Set<String> ids = new TreeSet<>();
    answer.at("/hits/hits").forEach(hit -> ids.add(hit.at("/_source/id").asText()));
    assertThat(answer.at("/hits/total/value").asInt()).isEqualTo(ids.size());
    return ids;
  }

  private JsonNode ask(URI address, String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + path))
            .method(method, BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    return Fixture.parsed(http.send(request.build(), BodyHandlers.ofString()).body());
  }

  /// Where the settings say.
  private Destination destination(int port) {
    Auditing auditing =
        Config.read(
                Map.of(
                    "AUDIT_URL", "http://127.0.0.1:" + port,
                    "AUDIT_INDEX", "lines",
                    "AUDIT_USER", "auditor",
                    "AUDIT_PASSWORD", "s3cret"),
                null,
                folder,
                "me")
            .service()
            .auditing();
    return new Destination(
        Objects.requireNonNull(auditing.url()),
        auditing.index(),
        Objects.requireNonNull(auditing.authorization()).value());
  }

  private HttpServer door(URI engine) throws IOException {
    String wanted = "Basic " + Base64.getEncoder().encodeToString("auditor:s3cret".getBytes(UTF_8));
    HttpServer door =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    door.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
              exchange.sendResponseHeaders(401, -1);
            } else if (body.length > BYTES_MAX) {
              tooLarge.incrementAndGet();
              exchange.sendResponseHeaders(413, -1);
            } else {
              pass(exchange, engine, body);
            }
          }
        });
    door.start();
    return door;
  }

  private void pass(HttpExchange exchange, URI engine, byte[] body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(engine + exchange.getRequestURI().toString()))
            .header("Content-Type", "application/x-ndjson")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (IOException _) {
      exchange.sendResponseHeaders(502, -1);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
