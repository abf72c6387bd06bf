package dev.agenticmemory.transport;

import static dev.agenticmemory.transport.Frames.add;
import static dev.agenticmemory.transport.Frames.request;
import static dev.agenticmemory.transport.Frames.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120) // Only where something hangs.
final class PumpTest {

  private static final String SETTINGS = "1 abc";

  private static final String LISTEN =
      Frames.modern(
          2,
          "subscriptions/listen",
          "\"notifications\":{\"resourceSubscriptions\":[\"memory://users/alice/long-term\"]}");

  private static final String ADD_TEA =
      "\"name\":\"add_memory\",\"arguments\":{\"text\":\"likes tea\",\"infer\":false}";

  /// Longer than it takes a process to look whether its server lives.
  private static final long LOOKS_MS = 8_000;

  /// Longer than an update takes to be told.
  private static final long UPDATES_MS = 1_500;

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

  @Test
  void theServerAnswersForTheProcess() throws Exception {
    try (LocalServer _ = server(fixture.dispatcher());
        Client client = client(Fixture.free(), PumpTest::none)) {
      assertThat(client.ask(Frames.initialize("2025-11-25")).path("id").asInt()).isEqualTo(1);
      assertThat(client.ask(add(2, "likes tea")).path("result").path("isError").asBoolean(true))
          .isFalse();
      assertThat(client.ask("no JSON").path("error").path("code").asInt()).isEqualTo(-32700);
      assertThat(client.ask(request(3, "ping", "")).has("result")).isTrue();
    }
  }

  @Test
  void theProcessKeepsItsUser() throws Exception {
    fixture.session(
        Fixture.free(),
        Frames.initialize("2025-11-25"),
        tool(2, "add_memory", "\"text\":\"bobs secret\",\"user_id\":\"bob\""));
    try (LocalServer _ = server(fixture.dispatcher());
        Client client = client(Fixture.bound(), PumpTest::none)) {
      client.ask(Frames.initialize("2025-11-25"));
      JsonNode refused = client.ask(tool(2, "list_memories", "\"user_id\":\"bob\""));
      assertThat(refused.path("result").path("isError").asBoolean()).isTrue();
      assertThat(refused.toString()).doesNotContain("bobs secret");
    }
  }

  @Test
  void theServerHoldsTheProcessToItsRights() throws Exception {
    Access readOnly = new Access("reader", Set.of(), Set.of(), Set.of(Right.READ));
    Caller reader = new Caller(Fixture.ALICE, readOnly, null, Source.TOOL, Sharing.USER);
    try (LocalServer _ = server(fixture.dispatcher());
        Client client = client(reader, PumpTest::none)) {
      client.ask(Frames.initialize("2025-11-25"));
      JsonNode refused = client.ask(add(2, "likes tea"));
      assertThat(refused.path("result").path("isError").asBoolean()).isTrue();
      JsonNode listed = client.ask(tool(3, "list_memories", ""));
      assertThat(listed.path("result").path("structuredContent").path("results")).isEmpty();
    }
  }

  static List<Caller> everythingACallerCanBeComesToTheServer() {
    Set<UserId> users = Set.of(Fixture.ALICE, new UserId("李 雷@example.org, -"));
    Access narrow =
        new Access("a token", users, Set.of(new AgentId("dev-1"), new AgentId("-")), Set.of());
    Access twoRights = new Access("-", Set.of(), Set.of(), Set.of(Right.READ, Right.DELETE));
    return List.of(
        Fixture.free(),
        Fixture.bound(),
        new Caller(Fixture.ALICE, narrow, new AgentId("-"), Source.API, Sharing.TEAM),
        new Caller(new UserId("-"), twoRights, null, Source.TOOL, Sharing.OFF));
  }

  @ParameterizedTest
  @MethodSource
  void everythingACallerCanBeComesToTheServer(Caller caller) {
    Greeting greeting = new Greeting("secret", "pump", caller);
    assertThat(Greeting.parse(greeting.line())).isEqualTo(greeting);
  }

  @Test
  void whatIsNoGreetingIsNone() {
    String line = new Greeting("secret", "pump", Fixture.bound()).line();
    assertThat(Greeting.parse(line + " more")).isNull();
    assertThat(Greeting.parse(line.replace(" TOOL ", " NOBODY "))).isNull();
    assertThat(Greeting.parse("secret pump  - - - - - TOOL USER")).isNull();
  }

  @Test
  void whatOnlyItsOwnerMayReadLeadsToTheServer() throws Exception {
    try (LocalServer _ = server(fixture.dispatcher())) {
      Endpoint endpoint = Endpoint.read(folder).orElseThrow();
      assertThat(Files.getPosixFilePermissions(folder.resolve("serve.endpoint")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      assertThat(Files.getPosixFilePermissions(endpoint.socket()))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      new Endpoint(endpoint.socket(), "guessed", endpoint.settings()).write(folder);
      assertThat(pump(Fixture.free(), PumpTest::none, OutputStream.nullOutputStream())).isEmpty();
    }
  }

  @Test
  void aServerLeavesNothingBehind() throws Exception {
    server(fixture.dispatcher()).close();
    assertThat(Endpoint.read(folder)).isEmpty();
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("serve"));
  }

  /// As where another server had the place for a while, or somebody sweeps old files away.
  @ParameterizedTest
  @ValueSource(strings = {"serve.endpoint", "serve-.*"})
  void aServerThatHasClientsIsFoundAgainWhenItsFilesAreGone(String gone) throws Exception {
    LocalServer server =
        LocalServer.openAlone(folder, SETTINGS, fixture.dispatcher()).orElseThrow();
    Thread serving = Thread.startVirtualThread(() -> awaitIdle(server));
    try (Client _ = client(Fixture.free(), PumpTest::none)) {
      for (File file : folder.toFile().listFiles((_, name) -> name.matches(gone))) {
        Files.delete(file.toPath());
      }
      while (Endpoint.read(folder).filter(Endpoint::answers).isEmpty()) {
        Thread.sleep(10);
      }
      try (Client next = client(Fixture.free(), PumpTest::none)) {
        assertThat(next.ask(Frames.initialize("2025-11-25")).has("result")).isTrue();
      }
    } finally {
      serving.interrupt();
      server.close();
    }
  }

  private static void awaitIdle(LocalServer server) {
    try {
      server.awaitIdle(Duration.ofMinutes(1));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aServerWithOtherSettingsIsNotUsedAndTheLogSaysSo() throws Exception {
    List<String> log = new ArrayList<>();
    try (LocalServer _ = LocalServer.open(folder, "other", fixture.dispatcher())) {
      assertThat(
              Pump.to(
                  origin(Fixture.free()),
                  null,
                  PumpTest::none,
                  OutputStream.nullOutputStream(),
                  log::add))
          .isEmpty();
    }
    assertThat(log).singleElement().asString().contains("other settings");
  }

  @Test
  void whenTheServerIsGoneTheProcessGoesOnByItself() throws Exception {
    LocalServer server = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.ask(add(2, "likes tea"));
      server.close();
      JsonNode listed = client.ask(tool(3, "list_memories", ""));
      assertThat(listed.path("result").path("structuredContent").path("results")).hasSize(1);
    }
  }

  @Test
  void whereStartingAServerFailsByAFaultTheProcessGoesOnByItself() throws Exception {
    Supplier<List<String>> faulty =
        () -> {
          throw new IllegalStateException("A fault");
        };
    Starter starter = Starter.of(folder, faulty).orElseThrow();
    try (Client client = new Client(Fixture.free(), fixture::dispatcher, starter)) {
      client.ask(Frames.initialize("2025-11-25"));
      assertThat(client.ask(add(2, "likes tea")).path("result").path("isError").asBoolean(true))
          .isFalse();
    }
  }

  @Test
  void theProcessGoesToTheServerThatHasComeSince() throws Exception {
    LocalServer first = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), PumpTest::none)) {
      client.ask(Frames.initialize("2025-11-25"));
      first.close();
      try (LocalServer _ = server(fixture.dispatcher())) {
        assertThat(client.ask(request(2, "tools/list", "")).path("result").path("tools"))
            .hasSize(10);
      }
    }
  }

  @Test
  void whatWasFollowedIsFollowedAtTheNextServer() throws Exception {
    LocalServer first = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.ask(request(2, "resources/subscribe", "\"uri\":\"memory://users/alice/long-term\""));
      first.close();
      JsonNode one = client.ask(add(3, "likes tea"));
      JsonNode other = client.next();
      assertThat((one.has("method") ? one : other).path("method").asText())
          .isEqualTo("notifications/resources/updated");
    }
  }

  @Test
  void aSubscriptionGoesOnAtTheNextServerWithoutAWord() throws Exception {
    LocalServer first = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(LISTEN);
      first.close();
      JsonNode one = client.ask(Frames.modern(3, "tools/call", ADD_TEA));
      JsonNode other = client.next();
      assertThat((one.has("method") ? one : other).path("method").asText())
          .isEqualTo("notifications/resources/updated");
      assertThat((one.has("method") ? other : one).path("id").asInt()).isEqualTo(3);
    }
  }

  @Test
  void aSubscriptionThatWasCancelledDoesNotComeBackAtTheNextServer() throws Exception {
    LocalServer first = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(LISTEN);
      client.send(Frames.notification("notifications/cancelled", "\"requestId\":2"));
      client.ask(Frames.modern(3, "tools/list", ""));
      first.close();
      assertThat(client.ask(Frames.modern(4, "tools/call", ADD_TEA)).path("id").asInt())
          .isEqualTo(4);
      Thread.sleep(UPDATES_MS);
      assertThat(client.ask(Frames.modern(5, "tools/list", "")).path("id").asInt()).isEqualTo(5);
    }
  }

  @Test
  void anAddUnderWayWhenTheServerGoesIsStoredOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    LocalServer server = server(slow(asked, late));
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.send(add(2, "likes tea"));
      asked.await();
      server.close(Duration.ZERO);
      assertThat(client.next().path("result").path("structuredContent").path("status").asText())
          .isEqualTo("stored");
      late.countDown();
      JsonNode listed = client.ask(tool(3, "list_memories", ""));
      assertThat(listed.path("result").path("structuredContent").path("results")).hasSize(1);
    }
  }

  /// Not even where the memory has changed in between, so that the text alone would be new.
  @Test
  void anAddThatReachesTwoServersIsDoneOnce() {
    String add = "2 P" + add(2, "likes tea");
    String id = served(add).path("results").path(0).path("id").asText();
    served(
        "3 P"
            + tool(
                3,
                "update_memory",
                "\"memory_id\":\"%s\",\"text\":\"likes coffee\"".formatted(id)));
    served(add);
    assertThat(served("4 P" + tool(4, "list_memories", "")).path("results")).hasSize(1);
  }

  /// What a server answers to one line of a pump that comes to it anew.
  private JsonNode served(String line) {
    return result(answered("2025-11-25", line));
  }

  private JsonNode answered(String version, String line) {
    List<String> out = Collections.synchronizedList(new ArrayList<>());
    Greeting greeting = new Greeting("", "pump", Fixture.free());
    try (PumpedClient client = new PumpedClient(fixture.dispatcher(), greeting, out::add)) {
      client.receive("1 P" + Frames.initialize(version));
      client.receive(line);
    }
    return Fixture.parsed(out.getLast().substring("2 P".length()));
  }

  private static JsonNode result(JsonNode answer) {
    return answer.path("result").path("structuredContent");
  }

  @Test
  void aDeleteUnderWayWhenTheServerGoesIsAnErrorThatSaysWhatToDo() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    LocalServer server = server(slow(asked, late));
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.send(tool(2, "delete_by_user_id", "\"user_id\":\"alice\""));
      asked.await();
      server.close(Duration.ZERO);
      JsonNode answer = client.next();
      assertThat(answer.path("id").asInt()).isEqualTo(2);
      assertThat(answer.path("error").path("message").asText()).contains("list_memories");
      late.countDown();
    }
  }

  @Test
  void aServerThatEndsGivesTheAnswersThatItOwes() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    LocalServer server = server(slow(asked, late));
    try (Client client = client(Fixture.free(), PumpTest::none)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.send(tool(2, "delete_by_user_id", "\"user_id\":\"alice\""));
      asked.await();
      Thread ending = Thread.startVirtualThread(server::close);
      while (Endpoint.read(folder).isPresent()) {
        Thread.onSpinWait();
      }
      late.countDown();
      assertThat(client.next().path("result").path("isError").asBoolean(true)).isFalse();
      ending.join();
    }
  }

  @Test
  void aBatchWithAChangeIsNotRepeatedAndEachOfItsRequestsIsAnswered() {
    String add = add(2, "likes tea");
    String delete = tool(3, "delete_by_user_id", "\"user_id\":\"alice\"");
    String notification = Frames.notification("notifications/progress", "");
    assertThat(Repeat.refusal("[" + add + "," + request(4, "ping", "") + "]")).isEmpty();
    JsonNode refused =
        Fixture.parsed(
            Repeat.refusal("[" + add + "," + notification + "," + delete + "]").orElseThrow());
    assertThat(refused).hasSize(2);
    assertThat(refused.path(0).path("id").asInt()).isEqualTo(2);
    assertThat(refused.path(1).path("error").path("message").asText()).contains("list_memories");
  }

  @Test
  void theAddsOfABatchThatReachesTwoServersAreDoneOnce() {
    String batch = "2 P[" + add(2, "likes tea") + "," + add(3, "plays chess") + "]";
    JsonNode stored = answered("2025-03-26", batch);
    String id = result(stored.path(0)).path("results").path(0).path("id").asText();
    served(
        "3 P"
            + tool(
                3,
                "update_memory",
                "\"memory_id\":\"%s\",\"text\":\"likes coffee\"".formatted(id)));
    assertThat(answered("2025-03-26", batch)).hasSize(2);
    assertThat(served("4 P" + tool(4, "list_memories", "")).path("results")).hasSize(2);
  }

  @Test
  void aDeleteThatNoServerHasSeenIsDoneAtTheNext() throws Exception {
    LocalServer first = server(fixture.dispatcher());
    try (Client client = client(Fixture.free(), fixture::dispatcher)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.ask(add(2, "likes tea"));
      first.close();
      JsonNode answer = client.ask(tool(3, "delete_by_user_id", "\"user_id\":\"alice\""));
      assertThat(answer.path("result").path("isError").asBoolean(true)).isFalse();
    }
  }

  /// A stopped process takes connections until its queue is full, and says nothing on them.
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aServerThatSaysNothingIsNotWaitedForForLong(int inLine) throws Exception {
    Path socket = folder.resolve("serve-1.sock");
    List<SocketChannel> line = new ArrayList<>();
    try (ServerSocketChannel stopped = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stopped.bind(UnixDomainSocketAddress.of(socket), 1);
      for (int i = 0; i < inLine; i++) {
        line.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }
      new Endpoint(socket, "secret", SETTINGS).write(folder);
      Optional<Pump> pump =
          assertTimeoutPreemptively(
              Duration.ofSeconds(30),
              () -> pump(Fixture.free(), PumpTest::none, OutputStream.nullOutputStream()));
      assertThat(pump).isEmpty();
    } finally {
      for (SocketChannel channel : line) {
        channel.close();
      }
    }
  }

  @Test
  void aServerThatIsSlowIsWaitedFor() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch late = new CountDownLatch(1);
    try (LocalServer _ = server(slow(asked, late));
        Client client = client(Fixture.free(), PumpTest::none)) {
      client.ask(Frames.initialize("2025-11-25"));
      client.send(tool(2, "delete_by_user_id", "\"user_id\":\"alice\""));
      asked.await();
      Thread.sleep(LOOKS_MS);
      late.countDown();
      assertThat(client.next().path("result").path("isError").asBoolean(true)).isFalse();
    }
  }

  private Dispatcher slow(CountDownLatch asked, CountDownLatch late) {
    Supplier<Engine> engine =
        () -> {
          asked.countDown();
          await(late);
          return fixture.engine();
        };
    return new Dispatcher(new MemoryOffer(engine), () -> {}, "test");
  }

  private LocalServer server(Dispatcher dispatcher) throws IOException {
    return LocalServer.open(folder, SETTINGS, dispatcher);
  }

  private static Dispatcher none() {
    throw new AssertionError("No engine of its own is needed here");
  }

  private Optional<Pump> pump(Caller caller, Supplier<Dispatcher> own, OutputStream out) {
    return pump(caller, own, out, null);
  }

  private Optional<Pump> pump(
      Caller caller, Supplier<Dispatcher> own, OutputStream out, @Nullable Starter starter) {
    return Pump.to(origin(caller), starter, own, out, _ -> {});
  }

  private Pump.Origin origin(Caller caller) {
    return new Pump.Origin(folder, "test", SETTINGS, caller);
  }

  private Client client(Caller caller, Supplier<Dispatcher> own) throws IOException {
    return new Client(caller, own, null);
  }

  /// A client whose process is a pump.
  private final class Client implements AutoCloseable {
    private final OutputStream toPump;
    private final BufferedReader fromPump;
    private final Thread process;

    /// Java's own piped streams mind which threads write.
    Client(Caller caller, Supplier<Dispatcher> own, @Nullable Starter starter) throws IOException {
      Pipe in = Pipe.open();
      Pipe out = Pipe.open();
      toPump = Channels.newOutputStream(in.sink());
      fromPump =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(out.source()), StandardCharsets.UTF_8));
      Pump pump = pump(caller, own, Channels.newOutputStream(out.sink()), starter).orElseThrow();
      process =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  pump.serve(Channels.newInputStream(in.source()));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }

    JsonNode ask(String line) throws IOException {
      send(line);
      return next();
    }

    void send(String line) throws IOException {
      toPump.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      toPump.flush();
    }

    JsonNode next() throws IOException {
      return Fixture.parsed(fromPump.readLine());
    }

    @Override
    public void close() throws IOException {
      toPump.close();
      await(process);
    }
  }

  private static void await(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
