package dev.agenticmemory.transport;

import static dev.agenticmemory.transport.Frames.add;
import static dev.agenticmemory.transport.Frames.modern;
import static dev.agenticmemory.transport.Frames.notification;
import static dev.agenticmemory.transport.Frames.request;
import static dev.agenticmemory.transport.Frames.tool;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class McpServletTest {

  private static final String SESSION = "Mcp-Session-Id";

  @TempDir Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private Fixture fixture;
  private HttpFixture http;

  @BeforeEach
  void open() {
    fixture = new Fixture(folder);
    http = server(fixture.dispatcher());
  }

  private HttpFixture server(Dispatcher dispatcher) {
    InstantSource source = now::get;
    return new HttpFixture(dispatcher, source.withZone(ZoneOffset.UTC));
  }

  @AfterEach
  void close() {
    http.close();
    fixture.close();
  }

  // The older era.

  @Test
  void aSessionBeginsWithInitializeAndEndsWithDelete() throws Exception {
    String id = http.session();
    assertThat(id).matches("[\\x21-\\x7E]{32}").isNotEqualTo(http.session());
    HttpResponse<String> listed = http.post("/mcp", request(2, "tools/list", ""), SESSION, id);
    assertThat(listed.statusCode()).isEqualTo(200);
    assertThat(json(listed).path("result").path("tools")).hasSize(10);
    assertThat(http.send(http.request("/mcp").DELETE().header(SESSION, id)).statusCode())
        .isEqualTo(204);
    assertThat(http.post("/mcp", request(3, "ping", ""), SESSION, id).statusCode()).isEqualTo(404);
  }

  @Test
  void aRequestWithoutASessionIsToldHowToGetOne() throws Exception {
    HttpResponse<String> refused = http.post("/mcp", request(2, "tools/list", ""));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).path("id").asInt()).isEqualTo(2);
    assertThat(message(refused)).contains("Mcp-Session-Id", "initialize");
  }

  @Test
  void aSessionOfAnotherUserIsNotThere() throws Exception {
    String id = http.session("user", "alice");
    String ping = request(2, "ping", "");
    assertThat(http.post("/mcp", ping, SESSION, id, "user", "alice").statusCode()).isEqualTo(200);
    assertThat(http.post("/mcp", ping, SESSION, id, "user", "bob").statusCode()).isEqualTo(404);
    assertThat(http.post("/mcp", ping, SESSION, id).statusCode()).isEqualTo(404);
    assertThat(
            http.send(http.request("/mcp").DELETE().headers(SESSION, id, "user", "bob"))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void anIdleSessionExpires() throws Exception {
    String idle = http.session();
    String used = http.session();
    String ping = request(2, "ping", "");
    now.set(Instant.EPOCH.plus(HttpSessions.IDLE_MAX));
    assertThat(http.post("/mcp", ping, SESSION, used).statusCode()).isEqualTo(200);
    now.set(Instant.EPOCH.plus(HttpSessions.IDLE_MAX).plusMillis(1));
    assertThat(http.post("/mcp", ping, SESSION, idle).statusCode()).isEqualTo(404);
    assertThat(http.post("/mcp", ping, SESSION, used).statusCode()).isEqualTo(200);
  }

  @Test
  void aSessionWithAnOpenStreamDoesNotExpire() throws Exception {
    String id = http.session();
    try (HttpFixture.Events _ = http.events(stream(id))) {
      now.set(Instant.EPOCH.plus(Duration.ofDays(1)));
      assertThat(http.post("/mcp", request(2, "ping", ""), SESSION, id).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void whoOpensManySessionsDrivesOutItsOwn() throws Exception {
    String used = http.session();
    String ping = request(2, "ping", "");
    http.post("/mcp", ping, SESSION, used);
    String unused = http.session();
    now.set(Instant.EPOCH.plusSeconds(1));
    for (int i = 0; i < HttpSessions.SESSIONS_MAX; i++) {
      http.session();
    }
    assertThat(http.post("/mcp", ping, SESSION, unused).statusCode()).isEqualTo(404);
    assertThat(http.post("/mcp", ping, SESSION, used).statusCode()).isEqualTo(200);
    assertThat(http.post("/mcp", ping, SESSION, http.session()).statusCode()).isEqualTo(200);
  }

  @Test
  void whoOpensManySessionsDrivesOutNobodyElse() throws Exception {
    String unused = http.session("user", "bob");
    now.set(Instant.EPOCH.plusSeconds(1));
    String ping = request(2, "ping", "");
    for (int i = 0; i < HttpSessions.SESSIONS_MAX; i++) {
      String id = http.session("user", "mallory");
      http.post("/mcp", ping, SESSION, id, "user", "mallory");
    }
    assertThat(http.post("/mcp", ping, SESSION, unused, "user", "bob").statusCode()).isEqualTo(200);
  }

  @Test
  void anUnknownVersionInTheHeaderIsRefusedWithTheKnownOnes() throws Exception {
    String id = http.session();
    HttpResponse<String> refused =
        http.post("/mcp", request(2, "ping", ""), SESSION, id, ModernHeaders.VERSION, "2031-01-01");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(json(refused).path("error").path("data").toString())
        .contains("2026-07-28", "2025-11-25", "2031-01-01");
  }

  @Test
  void notificationsAreAcceptedWithoutABody() throws Exception {
    HttpResponse<String> accepted =
        http.post("/mcp", notification("notifications/initialized", ""), SESSION, http.session());
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.body()).isEmpty();
  }

  @Test
  void batchesAreAnsweredInTheVersionThatHasThem() throws Exception {
    String batch = "[" + request(2, "ping", "") + "," + request(3, "tools/list", "") + "]";
    String id =
        http.post("/mcp", Frames.initialize("2025-03-26"))
            .headers()
            .firstValue(SESSION)
            .orElseThrow();
    assertThat(json(http.post("/mcp", batch, SESSION, id))).hasSize(2);
    assertThat(http.post("/mcp", batch, SESSION, http.session()).statusCode()).isEqualTo(400);
  }

  @Test
  void aBatchHasALimit() throws Exception {
    String id =
        http.post("/mcp", Frames.initialize("2025-03-26"))
            .headers()
            .firstValue(SESSION)
            .orElseThrow();
    HttpResponse<String> most = http.post("/mcp", pings(100), SESSION, id);
    assertThat(json(most)).hasSize(100);
    HttpResponse<String> refused = http.post("/mcp", pings(101), SESSION, id);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(message(refused)).contains("at most 100", "101");
  }

  private static String pings(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> request(i + 2, "ping", ""))
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void askingForTheHeadersAloneOpensNoStream() throws Exception {
    String id = http.session();
    HttpResponse<String> refused = http.send(http.request("/mcp").HEAD().header(SESSION, id));
    assertThat(refused.statusCode()).isEqualTo(405);
    assertThat(refused.headers().firstValue("Allow")).contains("DELETE, GET, POST");
    try (HttpFixture.Events events = http.events(stream(id))) {
      assertThat(events.status()).isEqualTo(200);
    }
  }

  @Test
  void theStreamOfASessionTellsOfEachWrite() throws Exception {
    String id = http.session();
    String uri = "memory://users/alice/long-term";
    try (HttpFixture.Events events = http.events(stream(id))) {
      http.post("/mcp", request(2, "resources/subscribe", "\"uri\":\"" + uri + "\""), SESSION, id);
      http.post("/mcp", add(3, "likes tea"), SESSION, id);
      JsonNode updated = events.next();
      assertThat(updated.path("method").asText()).isEqualTo("notifications/resources/updated");
      assertThat(updated.path("params").path("uri").asText()).isEqualTo(uri);
      assertThat(http.send(stream(id)).statusCode()).isEqualTo(409);
    }
  }

  @Test
  void whoFollowsOneUserHearsNothingOfAnother() throws Exception {
    String id = http.session();
    try (HttpFixture.Events events = http.events(stream(id))) {
      for (String user : new String[] {"bob", "alice"}) {
        http.post(
            "/mcp",
            request(
                2,
                "resources/subscribe",
                "\"uri\":\"memory://users/%s/long-term\"".formatted(user)),
            SESSION,
            id);
      }
      http.post("/mcp", add(3, "likes tea"), SESSION, id, "user", "carol");
      String carol = http.session("user", "carol");
      http.post("/mcp", add(3, "likes coffee"), SESSION, carol, "user", "carol");
      http.post("/mcp", add(4, "likes tea"), SESSION, id);
      assertThat(events.next().path("params").path("uri").asText())
          .isEqualTo("memory://users/alice/long-term");
    }
  }

  @Test
  void aCancelledRequestIsNotAnswered() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    http.close();
    http =
        server(
            new Dispatcher(
                new MemoryOffer(() -> {
                  asked.countDown();
                  await(cancelled);
                  return fixture.engine();
                }),
                () -> {},
                "test"));
    String id = http.session();
    CompletableFuture<HttpResponse<String>> added =
        CompletableFuture.supplyAsync(() -> posted(add(5, "to be cancelled"), id));
    asked.await();
    http.post("/mcp", notification("notifications/cancelled", "\"requestId\":5"), SESSION, id);
    cancelled.countDown();
    assertThat(added.get().statusCode()).isEqualTo(202);
    assertThat(added.get().body()).isEmpty();
  }

  private HttpResponse<String> posted(String body, String session) {
    try {
      return http.post("/mcp", body, SESSION, session);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder stream(String session) {
    return http.request("/mcp").setHeader("Accept", "text/event-stream").header(SESSION, session);
  }

  // The newer era.

  @Test
  void theNewerEraNeedsNoSession() throws Exception {
    HttpResponse<String> added =
        http.post(
            "/mcp",
            modern(7, "tools/call", "\"name\":\"add_memory\",\"arguments\":{\"text\":\"tea\"}"),
            headers("tools/call", "add_memory"));
    assertThat(added.statusCode()).isEqualTo(200);
    assertThat(added.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(added.headers().firstValue(SESSION)).isEmpty();
    assertThat(json(added).path("result").path("structuredContent").path("status").asText())
        .isEqualTo("stored");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # version,    method,         name,                 status, code
          2026-07-28,   resources/read, memory://stats,       200,    0
          2026-07-28,   resources/read, =?base64?bWVtb3J5Oi8vc3RhdHM=?=, 200, 0
          2026-07-28,   resources/read, =?base64?%%?=,        400,    -32020
          2026-07-28,   resources/read, memory://other,       400,    -32020
          2026-07-28,   resources/read, -,                    400,    -32020
          2026-07-28,   tools/list,     memory://stats,       400,    -32020
          2026-07-28,   -,              memory://stats,       400,    -32020
          2025-11-25,   resources/read, memory://stats,       400,    -32020
          -,            resources/read, memory://stats,       400,    -32020
          """)
  void headersMustSayWhatTheBodySays(
      String version, String method, String name, int status, int code) throws Exception {
    HttpRequest.Builder request =
        http.request("/mcp")
            .POST(
                BodyPublishers.ofString(modern(7, "resources/read", "\"uri\":\"memory://stats\"")));
    header(request, ModernHeaders.VERSION, version);
    header(request, "Mcp-Method", method);
    header(request, "Mcp-Name", name);
    HttpResponse<String> answer = http.send(request);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(json(answer).path("error").path("code").asInt()).isEqualTo(code);
    assertThat(json(answer).path("id").asInt()).isEqualTo(7);
  }

  private static void header(HttpRequest.Builder request, String name, String value) {
    if (value != null) {
      request.header(name, value);
    }
  }

  @ParameterizedTest
  @CsvSource({"unknown/method,404,-32601", "initialize,404,-32601", "resources/read,200,-32602"})
  void theStatusSaysWhatWentWrong(String method, int status, int code) throws Exception {
    HttpResponse<String> answer =
        http.post(
            "/mcp",
            modern(7, method, "\"uri\":\"memory://nothing\""),
            headers(method, "memory://nothing"));
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(json(answer).path("error").path("code").asInt()).isEqualTo(code);
  }

  @Test
  void aListenerIsAcknowledgedAndHearsOfEachWrite() throws Exception {
    HttpRequest.Builder listen =
        http.request("/mcp")
            .POST(
                BodyPublishers.ofString(
                    modern(
                        9,
                        "subscriptions/listen",
                        "\"notifications\":{\"resourceSubscriptions\":[\"memory://stats\"]}")))
            .headers(headers("subscriptions/listen", ""));
    try (HttpFixture.Events events = http.events(listen)) {
      assertThat(events.next().path("method").asText())
          .isEqualTo("notifications/subscriptions/acknowledged");
      http.post("/mcp", add(3, "likes tea"), SESSION, http.session());
      assertThat(events.next().toString()).contains("memory://stats", "subscriptionId\":9");
      http.endSessions();
      assertThat(events.next().path("result").path("resultType").asText()).isEqualTo("complete");
      assertThat(events.data()).isEqualTo("the end of the stream");
    }
  }

  @Test
  void aListenerOfAnothersResourceGetsAnAnswerAndNoStream() throws Exception {
    HttpResponse<String> refused =
        http.send(
            http.request("/mcp")
                .POST(
                    BodyPublishers.ofString(
                        modern(
                            9,
                            "subscriptions/listen",
                            "\"notifications\":{\"resourceSubscriptions\":"
                                + "[\"memory://users/alice/runs\"]}")))
                .headers(headers("subscriptions/listen", ""))
                .header("user", "bob"));
    assertThat(json(refused).path("error").path("code").asInt()).isEqualTo(-32602);
  }

  // What is no message.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json | hello                                   | 400 | -32700
          application/json | {                                       | 400 | -32700
          application/json | 42                                      | 400 | -32600
          application/json | ''                                      | 400 | -32700
          text/plain       | {"jsonrpc":"2.0","id":1,"method":"ping"} | 415 | -32600
          """)
  void whatCannotBeReadIsRefusedAsJson(String type, String body, int status, int code)
      throws Exception {
    HttpResponse<String> refused =
        http.send(
            http.request("/mcp")
                .setHeader("Content-Type", type)
                .header(SESSION, http.session())
                .POST(BodyPublishers.ofString(body)));
    assertThat(refused.statusCode()).isEqualTo(status);
    assertThat(json(refused).path("error").path("code").asInt()).isEqualTo(code);
    assertThat(refused.body()).doesNotContain("Exception", "\tat ", "jetty");
  }

  @Test
  void aBodyThatIsNotUtf8IsRefused() throws Exception {
    HttpResponse<String> refused =
        http.send(
            http.request("/mcp")
                .POST(BodyPublishers.ofByteArray(new byte[] {'"', (byte) 0xC3, 0x28, '"'})));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(message(refused)).contains("UTF-8");
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithOrWithoutItsLength() throws Exception {
    assertThat(answerTo("Content-Length: 9000000\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("8,388,608");
    // A byte more than it may have: all of it is read, so that the answer is not lost on the way.
    String chunk = "x".repeat(8_388_609);
    assertThat(
            answerTo("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s".formatted(chunk.length(), chunk)))
        .startsWith("HTTP/1.1 413")
        .contains("8,388,608");
  }

  private String answerTo(String rest) throws IOException {
    String request =
        String.join(
            "\r\n",
            "POST /mcp HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Connection: close",
            rest);
    int port = http.uri("/mcp").getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void aClientThatReadsNeitherJsonNorEventsIsTold() throws Exception {
    HttpResponse<String> refused =
        http.send(
            http.request("/mcp")
                .setHeader("Accept", "text/html")
                .POST(BodyPublishers.ofString(Frames.initialize("2025-11-25"))));
    assertThat(refused.statusCode()).isEqualTo(406);
  }

  @Test
  void aClientThatReadsOnlyEventsGetsTheAnswerAsOne() throws Exception {
    HttpResponse<String> answer =
        http.send(
            http.request("/mcp")
                .setHeader("Accept", "text/event-stream")
                .POST(BodyPublishers.ofString(Frames.initialize("2025-11-25"))));
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    assertThat(answer.body()).startsWith("event: message\ndata: {\"jsonrpc\"");
  }

  @Test
  void aToolThatFailsSaysSoInItsResult() throws Exception {
    HttpResponse<String> answer =
        http.post("/mcp", tool(2, "get_memory", "\"memory_id\":\"none\""), SESSION, http.session());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("result").path("isError").asBoolean()).isTrue();
  }

  private static String[] headers(String method, String name) {
    return new String[] {
      ModernHeaders.VERSION, "2026-07-28", "Mcp-Method", method, "Mcp-Name", name
    };
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Fixture.parsed(response.body());
  }

  private static String message(HttpResponse<String> response) {
    return json(response).path("error").path("message").asText();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
