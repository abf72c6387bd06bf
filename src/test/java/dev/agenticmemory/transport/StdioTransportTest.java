package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import dev.agenticmemory.mcp.Session;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StdioTransportTest {

  private static final String MODERN =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";

  @TempDir Path folder;
  private Fixture fixture;

  @BeforeEach
  void open() {
    fixture = new Fixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"})
  void aKnownVersionIsAgreedOn(String version) throws IOException {
    assertThat(result(initialize(version), "1").path("protocolVersion").asText())
        .isEqualTo(version);
  }

  @Test
  void anUnknownVersionIsAnsweredWithTheLatest() throws IOException {
    assertThat(result(initialize("2099-01-01"), "1").path("protocolVersion").asText())
        .isEqualTo("2025-11-25");
  }

  @Test
  void aRequestBeforeInitializeIsRefusedAtOnceAndSaysWhatToDo() throws IOException {
    List<JsonNode> answers = session(request("1", "tools/list", ""));
    assertThat(Fixture.answer(answers, 1).path("error").path("message").asText())
        .contains("initialize");
  }

  @Test
  void aRequestBeforeTheInitializedNotificationIsAnswered() throws IOException {
    List<JsonNode> answers = session(initialize("2025-11-25"), request("2", "tools/list", ""));
    assertThat(Fixture.answer(answers, 2).path("result").path("tools")).hasSize(10);
  }

  @Test
  void pingIsAnsweredBeforeInitialize() throws IOException {
    assertThat(session(request("1", "ping", ""))).hasSize(1);
  }

  @Test
  void discoverIsAnsweredWithBothErasBeforeInitialize() throws IOException {
    JsonNode result = result(request("\"d\"", "server/discover", MODERN), "d");
    assertThat(result.path("supportedVersions").toString()).contains("2026-07-28", "2025-11-25");
    assertThat(result.path("resultType").asText()).isEqualTo("complete");
    assertThat(result.path("cacheScope").asText()).isEqualTo("public");
  }

  @Test
  void theNewerEraNeedsNoInitialize() throws IOException {
    JsonNode result =
        result(
            request(
                "7",
                "tools/call",
                MODERN + ",\"name\":\"add_memory\",\"arguments\":{\"text\":\"likes tea\"}"),
            "7");
    assertThat(result.path("structuredContent").path("status").asText()).isEqualTo("stored");
    assertThat(result.path("resultType").asText()).isEqualTo("complete");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", "\"12\"", "12", "-1", "9007199254740993", "1.5", "\"ü\""})
  void anIdComesBackAsItWas(String id) throws IOException {
    assertThat(session(request(id, "ping", "")))
        .singleElement()
        .satisfies(answer -> assertThat(answer.path("id").toString()).isEqualTo(id));
  }

  @Test
  void answersUnderWayAtTheEndOfInputAreWritten() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(initialize("2025-11-25"));
    IntStream.range(2, 1_002).forEach(i -> lines.add(add(i, "memory number " + i)));
    List<JsonNode> answers = session(lines.toArray(String[]::new));
    assertThat(answers).hasSize(1_001).noneMatch(answer -> answer.has("error"));
  }

  @Test
  void aLastLineWithoutNewlineIsAnswered() throws IOException {
    byte[] input = request("1", "ping", "").getBytes(StandardCharsets.UTF_8);
    assertThat(fixture.session(Fixture.free(), input)).hasSize(1);
  }

  @Test
  void windowsLineEndsAreRead() throws IOException {
    byte[] input = (request("1", "ping", "") + "\r\n").getBytes(StandardCharsets.UTF_8);
    assertThat(fixture.session(Fixture.free(), input)).hasSize(1);
  }

  @Test
  void batchesAreAnsweredInTheVersionThatHasThem() throws IOException {
    List<JsonNode> answers =
        session(
            initialize("2025-03-26"),
            "[" + request("2", "ping", "") + "," + request("3", "tools/list", "") + "]");
    assertThat(answers.getLast()).hasSize(2);
  }

  @Test
  void theRestOfABatchIsNotDoneWhereItsAnswersAreTooLong() throws IOException {
    String large = "x".repeat(60_000);
    Dispatcher dispatcher = new Dispatcher(new MemoryOffer(fixture::engine), () -> {}, large);
    String batch =
        IntStream.range(0, 30)
            .mapToObj(i -> request(String.valueOf(i), "server/discover", ""))
            .collect(Collectors.joining(",", "[", "]"));
    JsonNode answers = dispatcher.handle(begun(dispatcher), Fixture.parsed(batch), _ -> {});
    assertThat(answers).isNotNull();
    assertThat(answers).hasSize(30);
    assertThat(answers.path(0).has("result")).isTrue();
    assertThat(answers.path(29).path("id").asText()).isEqualTo("29");
    assertThat(answers.path(29).path("error").path("message").asText())
        .contains("1,000,000", "Send it again");
  }

  private static Session begun(Dispatcher dispatcher) {
    Session session = new Session(Fixture.free(), _ -> {});
    dispatcher.handle(session, Fixture.parsed(initialize("2025-03-26")), _ -> {});
    return session;
  }

  @Test
  void aCancelledRequestIsNotAnswered() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Dispatcher slow =
        new Dispatcher(
            new MemoryOffer(() -> {
              asked.countDown();
              await(cancelled);
              return fixture.engine();
            }),
            () -> {},
            "test");
    try (Live client = new Live(slow, Fixture.free())) {
      client.send(initialize("2025-11-25"));
      client.send(add(5, "to be cancelled"));
      await(asked);
      client.send(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
              + "\"params\":{\"requestId\":5}}");
      client.send(request("6", "ping", ""));
      assertThat(client.next().path("id").asInt()).isEqualTo(1);
      assertThat(client.next().path("id").asInt()).isEqualTo(6);
      cancelled.countDown();
      client.send(add(7, "another"));
      assertThat(client.next().path("id").asInt()).isEqualTo(7);
    }
  }

  @Test
  void aSubscriberHearsOfEachWrite() throws Exception {
    try (Live client = new Live(fixture.dispatcher(), Fixture.free())) {
      client.send(initialize("2025-11-25"));
      client.next();
      String uri = "memory://users/alice/long-term";
      client.send(request("2", "resources/subscribe", "\"uri\":\"" + uri + "\""));
      client.next();
      client.send(add(3, "likes tea"));
      JsonNode first = client.next();
      JsonNode second = client.next();
      JsonNode updated = first.has("method") ? first : second;
      assertThat(updated.path("method").asText()).isEqualTo("notifications/resources/updated");
      assertThat(updated.path("params").path("uri").asText()).isEqualTo(uri);
    }
  }

  @Test
  void aListenerOfTheNewerEraIsAcknowledgedAndHearsOfEachWrite() throws Exception {
    try (Live client = new Live(fixture.dispatcher(), Fixture.free())) {
      client.send(
          request(
              "\"sub\"",
              "subscriptions/listen",
              MODERN + ",\"notifications\":{\"resourceSubscriptions\":[\"memory://stats\"]}"));
      JsonNode acknowledged = client.next();
      assertThat(acknowledged.path("method").asText())
          .isEqualTo("notifications/subscriptions/acknowledged");
      client.send(add(3, "likes tea").replace("\"name\"", MODERN + ",\"name\""));
      JsonNode first = client.next();
      JsonNode second = client.next();
      JsonNode updated = first.has("method") ? first : second;
      assertThat(updated.toString()).contains("memory://stats", "\"sub\"");
    }
  }

  @Test
  void aBoundClientGetsNothingOfAnotherUserByAnyDoor() throws IOException {
    Caller bob = new Caller(new UserId("bob"), false, null, Source.TOOL, Sharing.USER);
    JsonNode added =
        Fixture.answer(
            fixture.session(bob, initialize("2025-11-25"), add(2, "bobs secret garden")), 2);
    String id =
        added.path("result").path("structuredContent").path("results").path(0).path("id").asText();

    List<JsonNode> answers =
        fixture.session(
            Fixture.bound(),
            initialize("2025-11-25"),
            tool(2, "search_memory", "\"query\":\"secret garden\",\"user_id\":\"bob\""),
            tool(3, "search_memory", "\"query\":\"secret garden\""),
            tool(4, "get_memory", "\"memory_id\":\"" + id + "\""),
            tool(5, "update_memory", "\"memory_id\":\"" + id + "\",\"text\":\"x\""),
            tool(6, "delete_memory", "\"memory_id\":\"" + id + "\""),
            tool(7, "memory_history", "\"memory_id\":\"" + id + "\""),
            tool(8, "delete_by_user_id", "\"user_id\":\"bob\""),
            tool(9, "list_memories", "\"user_id\":\"bob\""),
            request("10", "resources/read", "\"uri\":\"memory://memories/" + id + "\""),
            request("11", "resources/read", "\"uri\":\"memory://memories/" + id + "/history\""),
            request("12", "resources/read", "\"uri\":\"memory://users/bob/long-term\""),
            request("13", "resources/subscribe", "\"uri\":\"memory://users/bob/runs\""),
            request("14", "resources/read", "\"uri\":\"memory://stats\""),
            request(
                "15",
                "completion/complete",
                "\"ref\":{\"type\":\"ref/resource\",\"uri\":\"memory://users/{user_id}/runs\"},"
                    + "\"argument\":{\"name\":\"user_id\",\"value\":\"b\"}"));
    assertThat(answers).hasSize(15);
    assertThat(answers.toString()).doesNotContain("bobs secret garden");
    for (int refused : new int[] {2, 4, 5, 6, 7, 8, 9}) {
      assertThat(Fixture.answer(answers, refused).path("result").path("isError").asBoolean())
          .as("%d: %s", refused, Fixture.answer(answers, refused))
          .isTrue();
    }
    for (int refused : new int[] {10, 11, 12, 13}) {
      assertThat(Fixture.answer(answers, refused).path("error").path("code").asInt())
          .isEqualTo(-32002);
    }
    assertThat(Fixture.answer(answers, 14).toString()).contains("\\\"users\\\": 0");
    assertThat(Fixture.answer(answers, 15).path("result").path("completion").path("values"))
        .isEmpty();
    assertThat(fixture.session(bob, initialize("2025-11-25"), tool(2, "list_memories", "")))
        .anyMatch(answer -> answer.toString().contains("bobs secret garden"));
  }

  @Test
  void theTextOfAResultIsItsStructureAsJavaScriptPrintsIt() throws IOException {
    List<JsonNode> answers = session(initialize("2025-11-25"), add(2, "喜欢喝茶 \"tea\" \u0007"));
    JsonNode result = Fixture.answer(answers, 2).path("result");
    assertThat(Fixture.parsed(result.path("content").path(0).path("text").asText()))
        .isEqualTo(result.path("structuredContent"));
    assertThat(result.path("content").path(0).path("text").asText())
        .startsWith("{\n  \"status\": \"stored\",\n  \"results\": [\n    {\n      \"id\": \"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"recall", "remember", "reflect"})
  void everyPromptIsThere(String name) throws IOException {
    List<JsonNode> answers =
        session(
            initialize("2025-11-25"),
            request(
                "2",
                "prompts/get",
                "\"name\":\""
                    + name
                    + "\",\"arguments\":"
                    + (name.equals("recall") ? "{\"topic\":\"100% cotton\"}" : "{}")));
    assertThat(Fixture.answer(answers, 2).path("result").path("messages")).hasSize(1);
  }

  /// A client that waits for answers.
  private static final class Live implements AutoCloseable {
    private final PipedOutputStream toServer = new PipedOutputStream();
    private final BufferedReader fromServer;
    private final Thread server;

    Live(Dispatcher dispatcher, Caller caller) throws IOException {
      PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
      PipedOutputStream out = new PipedOutputStream();
      fromServer =
          new BufferedReader(
              new InputStreamReader(new PipedInputStream(out, 1 << 16), StandardCharsets.UTF_8));
      server =
          Thread.ofPlatform()
              .start(() -> {
                try (dispatcher;
                    out) {
                  new StdioTransport(dispatcher, caller, out).serve(in);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }

    void send(String line) throws IOException {
      toServer.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      toServer.flush();
    }

    JsonNode next() throws IOException {
      return Fixture.parsed(fromServer.readLine());
    }

    @Override
    public void close() throws IOException {
      toServer.close();
      try {
        server.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private List<JsonNode> session(String... lines) throws IOException {
    return fixture.session(Fixture.free(), lines);
  }

  private JsonNode result(String line, String id) throws IOException {
    return Fixture.answer(session(line), id).path("result");
  }

  private static String initialize(String version) {
    return request(
        "1",
        "initialize",
        "\"protocolVersion\":\""
            + version
            + "\",\"capabilities\":{},"
            + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}");
  }

  private static String add(int id, String text) {
    return tool(
        id,
        "add_memory",
        "\"text\":" + JsonNodeFactory.instance.textNode(text) + ",\"infer\":false");
  }

  private static String tool(int id, String name, String arguments) {
    return request(
        String.valueOf(id),
        "tools/call",
        "\"name\":\"" + name + "\",\"arguments\":{" + arguments + "}");
  }

  private static String request(String id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":{%s}}"
        .formatted(id, method, params);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
