package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines on their way to an engine that speaks `_bulk`, and fails in every way that is known.
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class ShipperTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  /// What the engine never takes.
  private static final String POISON = "poison";

  /// How a request ends.
  private enum Fault {
    NONE,
    STATUS_503,
    /// The lines are stored, and the answer is lost.
    ANSWER_LOST,
    /// One line in the middle is refused, the others are stored.
    ONE_REFUSED,
    NOT_JSON
  }

  @TempDir Path folder;
  private HttpServer engine;
  private final List<String> stored = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private AuditFiles files;
  private int bytesMax = Integer.MAX_VALUE;
  private Instant now = NOON;

  @BeforeEach
  void open() throws IOException {
    engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    engine.createContext("/audit-index/_bulk", this::bulk);
    engine.start();
    files = new AuditFiles(folder, 30, () -> now);
  }

  @AfterEach
  void close() throws IOException {
    engine.stop(0);
    files.close();
  }

  private synchronized void bulk(HttpExchange exchange) throws IOException {
    try (exchange) {
      Fault fault = faults.isEmpty() ? Fault.NONE : faults.removeFirst();
      authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (body.length > bytesMax) {
        exchange.sendResponseHeaders(413, -1);
        return;
      }
      List<String> lines = new String(body, UTF_8).lines().toList();
      if (fault == Fault.STATUS_503) {
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      ObjectNode answer = Json.object();
      ArrayNode items = answer.putArray("items");
      for (int i = 0; i < lines.size(); i += 2) {
        String id = Fixture.parsed(lines.get(i)).at("/create/_id").asText();
        boolean refused = fault == Fault.ONE_REFUSED && i / 2 == lines.size() / 4;
        boolean known = stored.contains(id);
        if (!refused && !known && !lines.get(i + 1).contains(POISON)) {
          stored.add(id);
        }
        int status = lines.get(i + 1).contains(POISON) ? 400 : refused ? 429 : known ? 409 : 201;
        items.addObject().putObject("create").put("status", status);
      }
      if (fault == Fault.ANSWER_LOST) {
        return;
      }
      byte[] bytes =
          fault == Fault.NOT_JSON ? new byte[] {'<'} : Json.print(answer).getBytes(UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Shipper shipper() {
    return new Shipper(
        files,
        new Destination(
            URI.create("http://127.0.0.1:" + engine.getAddress().getPort()),
            "audit-index",
            "ApiKey k"));
  }

  private void append(Instant at, String id) throws IOException {
    now = at;
    files.append("{\"id\":\"%s\"}\n".formatted(id).getBytes(UTF_8));
  }

  @Test
  void linesArriveInOrderAcrossDaysAndTheKeyGoesWithThem() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      ids.add("line-" + i);
      append(NOON.plus(Duration.ofHours(8L * i)), "line-" + i);
    }
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
      assertThat(stored).isEqualTo(ids);
      append(NOON.plus(Duration.ofHours(73)), "late");
      shipAll(shipper);
    }
    assertThat(stored).hasSize(11).last().isEqualTo("late");
    assertThat(authorizations).containsOnly("ApiKey k");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noLineIsSkippedOrRepeatedWhateverFails(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      faults.add(Fault.values()[random.nextInt(Fault.values().length)]);
    }
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      append(now.plus(Duration.ofMinutes(random.nextInt(60))), seed + "-" + i);
      ids.add(seed + "-" + i);
      if (random.nextInt(4) == 0) {
        // A process that ships a little, and ends.
        try (Shipper shipper = shipper()) {
          tryStep(shipper);
        }
      }
    }
    faults.clear();
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
    }
    assertThat(stored).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void aLineThatIsRefusedIsSentAgainAndNothingAfterItIsForgotten() throws Exception {
    append(NOON, "a");
    append(NOON, "b");
    faults.add(Fault.ONE_REFUSED);
    try (Shipper shipper = shipper()) {
      assertThatThrownBy(shipper::step).isInstanceOf(IOException.class).hasMessageContaining("429");
      assertThat(Files.exists(folder.resolve("shipped.json"))).isFalse();
      shipAll(shipper);
    }
    assertThat(stored).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void halfALineWaitsUntilItIsWholeAndATornOneIsTold() throws Exception {
    append(NOON, "a");
    Path file = folder.resolve("2026-03-01.jsonl");
    files.close();
    Files.writeString(file, Files.readString(file) + "{\"id\":\"to");
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
      assertThat(stored).containsExactly("a");
      // The process that wrote half a line was killed; the next one goes on.
      try (AuditFiles next = new AuditFiles(folder, 30, () -> NOON)) {
        next.append("{\"id\":\"b\"}\n".getBytes(UTF_8));
      }
      shipAll(shipper);
    }
    assertThat(stored).hasSize(3).startsWith("a").endsWith("b");
  }

  @Test
  void whatIsOldGoesButNotBeforeItIsShipped() throws Exception {
    append(NOON, "a");
    append(NOON.plus(Duration.ofDays(40)), "b");
    assertThat(files.days()).hasSize(1);
    append(NOON.plus(Duration.ofDays(41)), "c");
    try (Shipper shipper = shipper()) {
      faults.add(Fault.STATUS_503);
      tryStep(shipper);
      append(NOON.plus(Duration.ofDays(80)), "d");
      assertThat(files.days()).hasSize(3);
      shipAll(shipper);
      append(NOON.plus(Duration.ofDays(81)), "e");
      assertThat(files.days()).hasSize(2);
    }
    assertThat(stored).containsExactly("b", "c", "d");
  }

  @Test
  void aLineThatIsNeverTakenIsToldAndStopsNothing() throws Exception {
    append(NOON, "a");
    append(NOON, POISON);
    append(NOON, "c");
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
    }
    assertThat(stored).hasSize(3).startsWith("a", "c").doesNotContain(POISON);
  }

  @Test
  void aBatchThatIsTooLargeIsHalvedUntilOnlyTheLinesThatAreTooLargeAreLeft() throws Exception {
    bytesMax = 500;
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String id = i % 10 == 3 ? i + "x".repeat(500) : "line-" + i;
      append(NOON, id);
      ids.add(id);
    }
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
    }
    assertThat(stored).hasSize(40).doesNotHaveDuplicates();
    assertThat(stored)
        .containsAll(ids.stream().filter(id -> id.length() < 500).toList())
        .filteredOn(id -> id.matches("[0-9a-f]{64}"))
        .hasSize(4);
  }

  @Test
  void aLineOfMegabytesStopsNothing() throws Exception {
    append(NOON, "a");
    append(NOON, "b".repeat(3_000_000));
    append(NOON, "c");
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
    }
    assertThat(stored).containsExactly("a", "b".repeat(3_000_000), "c");
  }

  @Test
  void whatWaitsIsKeptFromTheStartOn() throws Exception {
    append(NOON, "a");
    files.close();
    now = NOON.plus(Duration.ofDays(40));
    for (int i = 0; i < 100; i++) {
      faults.add(Fault.STATUS_503);
    }
    try (AuditFiles next = new AuditFiles(folder, 30, () -> now);
        Shipper shipper =
            new Shipper(
                next,
                new Destination(
                    URI.create("http://127.0.0.1:" + engine.getAddress().getPort()),
                    "audit-index",
                    null))) {
      shipper.start();
      next.append("{\"id\":\"b\"}\n".getBytes(UTF_8));
      assertThat(next.days()).hasSize(2);
    }
  }

  @Test
  void aClockThatGoesBackDoesNotWriteIntoAFileThatIsShipped() throws Exception {
    append(NOON, "a");
    append(NOON.plus(Duration.ofDays(1)), "b");
    try (Shipper shipper = shipper()) {
      shipAll(shipper);
      append(NOON, "c");
      shipAll(shipper);
    }
    assertThat(stored).containsExactly("a", "b", "c");
  }

  private static void tryStep(Shipper shipper) throws InterruptedException {
    try {
      shipper.step();
    } catch (IOException _) {
      // As the engine was told to.
    }
  }

  private static void shipAll(Shipper shipper) throws IOException, InterruptedException {
    while (shipper.step()) {
      // One more batch.
    }
  }
}
