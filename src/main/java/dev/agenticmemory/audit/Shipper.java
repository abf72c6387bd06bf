package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the lines of the audit log to a search engine, in their order, each once.
///
/// The place up to which they are there is kept durably, and moves on only when the engine has
/// taken every line before it. Each line goes under its own id and is only ever created, so that
/// sending it again after a crash changes nothing. What the engine refuses is sent again until it
/// takes it; where it never will, a document goes in its place that says so.
public final class Shipper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);

  /// Most bytes of one request, but for a line that is longer by itself.
  private static final int BATCH_BYTES_MAX = 1024 * 1024;

  /// Longest line that is read. None that is written today comes near.
  private static final int LINE_BYTES_MAX = 256 * 1024 * 1024;

  /// Most bytes that are read of an answer.
  private static final int ANSWER_BYTES_MAX = 4 * 1024 * 1024;

  private static final Duration CALL_MAX = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

  private static final int CONFLICT = 409;
  private static final int TOO_LARGE = 413;

  /// With which a line is refused however often it is sent.
  private static final Set<Integer> FOR_GOOD = Set.of(400, TOO_LARGE);

  private final AuditFiles files;
  private final Destination destination;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CALL_MAX).build();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("audit-shipper").factory());
  private Duration pause = PAUSE;

  public Shipper(AuditFiles files, Destination destination) {
    this.files = files;
    this.destination = destination;
  }

  /// Starts to ship what is there, and what comes. From its return on no file is removed before it
  /// is shipped.
  public void start() {
    keepWhatWaits();
    thread.execute(this::run);
  }

  private void keepWhatWaits() {
    try {
      files.keepFrom(Position.read(files.folder()).map(Position::day).orElse(LocalDate.MIN));
    } catch (IOException | RuntimeException e) {
      LOG.warn("How far the audit log is shipped cannot be read: {}", e.getMessage());
      files.keepFrom(LocalDate.MIN);
    }
  }

  private void run() {
    try {
      while (step()) {
        pause = PAUSE;
      }
      pause = PAUSE;
    } catch (IOException e) {
      LOG.warn("The audit log waits: {} does not take it: {}", destination, e.getMessage());
      pause = min(pause.multipliedBy(2), PAUSE_MAX);
    } catch (InterruptedException _) {
      return;
    } catch (RuntimeException e) {
      LOG.error("The audit log is not shipped", e);
      pause = PAUSE_MAX;
    }
    if (!thread.isShutdown()) {
      var _ = thread.schedule(this::run, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /// Ships the next lines. False where there are none.
  boolean step() throws IOException, InterruptedException {
    List<LocalDate> days = files.days();
    if (days.isEmpty()) {
      return false;
    }
    Position from = Position.read(files.folder()).orElse(new Position(days.getFirst(), 0));
    files.keepFrom(from.day());
    Batch batch = read(from);
    if (!batch.lines.isEmpty()) {
      send(batch.lines);
      new Position(from.day(), batch.end).write(files.folder());
      return true;
    }
    Optional<LocalDate> next = days.stream().filter(day -> day.isAfter(from.day())).findFirst();
    if (next.isEmpty()) {
      return false;
    }
    new Position(next.get(), 0).write(files.folder());
    return true;
  }

  /// Some whole lines.
  ///
  /// @param end where the next line begins
  private record Batch(List<String> lines, long end) {}

  private Batch read(Position from) throws IOException {
    Path file = files.file(from.day());
    if (!Files.exists(file)) {
      return new Batch(List.of(), from.offset());
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long left = Math.max(0, in.length() - from.offset());
      int length = (int) Math.min(BATCH_BYTES_MAX, left);
      Batch batch = wholeLines(in, from.offset(), length);
      while (batch.lines.isEmpty() && length < left) {
        length = (int) Math.min(Math.min(2L * length, LINE_BYTES_MAX), left);
        batch = wholeLines(in, from.offset(), length);
        if (batch.lines.isEmpty() && length == LINE_BYTES_MAX) {
          throw new IOException("A line is longer than %,d bytes".formatted(LINE_BYTES_MAX));
        }
      }
      return batch;
    }
  }

  private static Batch wholeLines(RandomAccessFile in, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    in.seek(offset);
    in.readFully(bytes);
    List<String> lines = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        lines.add(new String(bytes, begin, i - begin, UTF_8));
        begin = i + 1;
      }
    }
    return new Batch(lines, offset + begin);
  }

  private void send(List<String> lines) throws IOException, InterruptedException {
    List<Integer> refused = post(lines.stream().map(Shipper::document).toList());
    if (refused.isEmpty()) {
      return;
    }
    LOG.warn("{} lines of the audit log are refused by {} for good", refused.size(), destination);
    if (!post(refused.stream().map(i -> damaged(lines.get(i))).toList()).isEmpty()) {
      throw new IOException("it refuses every document");
    }
  }

  /// Returns the places of those that are refused for good.
  private List<Integer> post(List<JsonNode> documents) throws IOException, InterruptedException {
    StringBuilder body = new StringBuilder();
    for (JsonNode document : documents) {
      body.append("{\"create\":{\"_id\":\"%s\"}}\n".formatted(document.path("id").asText()));
      body.append(Json.print(document)).append('\n');
    }
    HttpResponse<byte[]> response =
        http.send(
            request(body.toString()),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    if (documents.size() > 1 && response.statusCode() == TOO_LARGE) {
      return postHalves(documents);
    }
    if (documents.size() == 1 && FOR_GOOD.contains(response.statusCode())) {
      return List.of(0);
    }
    if (response.statusCode() / 100 != 2) {
      throw new IOException("status " + response.statusCode());
    }
    return refused(Json.parse(new String(response.body(), UTF_8)), documents.size());
  }

  /// An engine may take less at once than we send, or a proxy before it.
  private List<Integer> postHalves(List<JsonNode> documents)
      throws IOException, InterruptedException {
    int half = documents.size() / 2;
    List<Integer> refused = new ArrayList<>(post(documents.subList(0, half)));
    post(documents.subList(half, documents.size())).forEach(i -> refused.add(half + i));
    return refused;
  }

  private HttpRequest request(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(destination.url() + "/" + destination.index() + "/_bulk"))
            .timeout(CALL_MAX)
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (destination.authorization() != null) {
      request.header("Authorization", destination.authorization());
    }
    return request.build();
  }

  private static List<Integer> refused(JsonNode answer, int count) throws IOException {
    List<Integer> refused = new ArrayList<>();
    int answered = 0;
    for (JsonNode item : answer.path("items")) {
      int status = item.path("create").path("status").asInt();
      if (FOR_GOOD.contains(status)) {
        refused.add(answered);
      } else if (status / 100 != 2 && status != CONFLICT) {
        throw new IOException(
            "a line met status %d: %s"
                .formatted(status, item.path("create").path("error").path("type").asText()));
      }
      answered++;
    }
    if (answered != count) {
      throw new IOException("%d of %d lines were answered".formatted(answered, count));
    }
    return refused;
  }

  /// The line; where a crash left half a line, what can be said of it.
  private static JsonNode document(String line) {
    try {
      JsonNode document = Json.parse(line);
      if (document.path("id").isTextual()) {
        return document;
      }
    } catch (JsonProcessingException _) {
      LOG.debug("A line of the audit log is damaged");
    }
    return damaged(line);
  }

  private static JsonNode damaged(String line) {
    return Json.object()
        .put("id", TextHash.sha256(line))
        .put("outcome", "damaged")
        .put("characters", line.length());
  }

  @Override
  public void close() {
    thread.shutdownNow();
    http.shutdownNow();
  }
}
