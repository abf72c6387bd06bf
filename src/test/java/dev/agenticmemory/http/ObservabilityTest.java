package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Unavailable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the server tells about itself.
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class ObservabilityTest {

  private static final String ADD =
      "{\"user_id\":\"alice\",\"agent_id\":\"dev\",\"text\":\"the vault is behind the painting\"}";

  @TempDir Path folder;
  private HttpFixture fixture;

  @BeforeEach
  void open() {
    fixture = new HttpFixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void healthNamesEachPart() {
    assertThat(fixture.client().get("/health").text())
        .isEqualTo(
            "{\"status\":\"ok\",\"service\":\"mem0-memory-service\",\"components\":{\"store\":\"ok\"}}");
    assertThat(fixture.client().get("/health/ready").status()).isEqualTo(200);
    assertThat(fixture.client().get("/health/live").status()).isEqualTo(200);
    assertThat(fixture.client().get("/health/other").status()).isEqualTo(404);
  }

  @Test
  void aPartThatDoesNotWorkMakesItUnreadyAndNotDead() {
    HealthServlet health =
        new HealthServlet(
            List.of(
                new HealthServlet.Component(
                    "store",
                    () -> {
                      throw new Unavailable("The secret host is away", "Wait.", null);
                    })));
    try (HttpServer server =
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(),
            List.of(new Mount(health, "/health", "/health/*")))) {
      server.start();
      Client client = new Client(server.port());
      Client.Answer ready = client.get("/health/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.json().path("status").asText()).isEqualTo("unavailable");
      assertThat(ready.json().at("/components/store").asText()).isEqualTo("unavailable");
      assertThat(ready.text()).doesNotContain("secret");
      assertThat(client.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestKeepsTheIdThatItCameWithUnlessThatIsOdd() {
    Client client = fixture.client();
    assertThat(client.send("GET", "/health", null, "X-Request-Id", "abc-1").header("X-Request-Id"))
        .isEqualTo("abc-1");
    assertThat(client.send("GET", "/health", null, "X-Request-Id", "a b{}").header("X-Request-Id"))
        .matches("[0-9a-f-]{36}");
    assertThat(client.get("/nothing/here").header("X-Request-Id")).matches("[0-9a-f-]{36}");
  }

  @Test
  void eachRequestIsALineOfJsonWithoutWhatWasSaid() throws Exception {
    fixture.client().post("/memory/add", ADD);
    fixture.client().get("/memory/search?query=vault&user_id=alice");
    while (fixture.log().size() < 2) {
      Thread.sleep(5); // A line is written after the client has its answer.
    }
    JsonNode line = Fixture.parsed(fixture.log().get(1));
    assertThat(line.fieldNames())
        .toIterable()
        .containsExactly(
            "time",
            "level",
            "logger",
            "message",
            "request_id",
            "method",
            "path",
            "status",
            "ms",
            "caller");
    assertThat(line.path("path").asText()).isEqualTo("/memory/search");
    assertThat(line.path("caller").asText()).isEqualTo("anybody");
    assertThat(String.join("", fixture.log())).doesNotContain("vault", "alice");
  }

  @Test
  void metricsCountRequestsByRouteAndWhatIsKept() {
    fixture.client().post("/memory/add", ADD);
    for (int i = 0; i < 20; i++) {
      fixture.client().get("/made/up/" + i);
      fixture.client().get("/memory/00000000-0000-7000-8000-0000000000%02d".formatted(i));
    }
    String metrics = fixture.client().get("/metrics").text();
    assertThat(metrics)
        .contains("memory_memories{tier=\"long_term\"} 1.0")
        .contains("memory_memories{tier=\"short_term\"} 0.0")
        .contains("memory_users{kind=\"with_memories\"} 1.0")
        .contains("memory_ingests{state=\"waiting\"} 0.0")
        .contains("jvm_memory_used_bytes");
    List<String> counts =
        metrics
            .lines()
            .filter(line -> line.startsWith("http_server_requests_seconds_count"))
            .toList();
    assertThat(counts)
        .anySatisfy(line ->
            assertThat(line)
                .contains("method=\"POST\"", "route=\"/memory/add\"", "status=\"200\"")
                .endsWith(" 1"))
        .anySatisfy(line -> assertThat(line).contains("route=\"none\"", "status=\"404\""))
        .anySatisfy(line -> assertThat(line).contains("route=\"/memory/{id}\"", "status=\"404\""));
    assertThat(metrics).doesNotContain("made/up", "alice");
  }

  @Test
  void metricsAreForWhoMaySeeThem() {
    String reader = fixture.token(List.of("alice"), List.of(), Right.READ).secret();
    String admin = fixture.token(List.of(), List.of(), Right.ADMIN).secret();
    assertThat(fixture.client().get("/metrics").status()).isEqualTo(401);
    assertThat(fixture.client().bearer(reader).get("/metrics").status()).isEqualTo(403);
    assertThat(fixture.client().bearer(admin).get("/metrics").status()).isEqualTo(200);
  }

  @Test
  void whoIsRefusedIsNotedWithTheAddressAndWithoutTheToken() throws Exception {
    TokenFile.Created reader = fixture.token(List.of("alice"), List.of(), Right.READ);
    fixture.client().get("/memory/list");
    fixture.client().bearer("am_wrong").get("/memory/list");
    fixture.client().bearer(reader.secret()).get("/metrics");
    fixture.client().send("GET", "/memory/list", null, "Origin", "https://evil.example");
    while (fixture.refused().size() < 4) {
      Thread.sleep(5); // It is noted after the client has its answer.
    }
    assertThat(fixture.refused())
        .containsExactlyInAnyOrder(
            "127.0.0.1 401 null",
            "127.0.0.1 401 null",
            "127.0.0.1 403 " + reader.token().id(),
            "127.0.0.1 403 null");
  }

  @Test
  void theAuditLogHasWhoDidWhatAndNoTexts() throws Exception {
    String alice = fixture.token(List.of("alice"), List.of(), Right.READ, Right.WRITE).secret();
    Client client = fixture.client().bearer(alice);
    String id = client.post("/memory/add", ADD).json().at("/result/results/0/id").asText();
    client.post("/memory/search", "{\"query\":\"vault\"}");
    client.send("DELETE", "/memory/" + id, null);
    List<Path> files;
    try (var all = Files.list(folder.resolve("audit"))) {
      files = all.toList();
    }
    assertThat(files).hasSize(1);
    List<JsonNode> lines =
        Files.readAllLines(files.getFirst()).stream().map(Fixture::parsed).toList();
    assertThat(lines).hasSize(3);
    assertThat(lines)
        .extracting(line -> line.path("action").asText() + " " + line.path("outcome").asText())
        .containsExactly(
            "POST /memory/add done", "POST /memory/search done", "DELETE /memory/{id} Forbidden");
    assertThat(lines)
        .allSatisfy(line -> {
          assertThat(line.path("memory_ids").toString()).isEqualTo("[\"%s\"]".formatted(id));
          assertThat(line.path("user_id").asText()).isEqualTo("alice");
          assertThat(line.path("caller").asText())
              .isEqualTo(fixture.tokens().tokens().getFirst().id());
        });
    assertThat(lines.toString()).doesNotContain("vault", alice);
  }
}
