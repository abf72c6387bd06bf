package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Messages to one client as server-sent events, for as long as it listens. Sending never waits for
/// the client: one that does not read is cut off.
///
/// Events have no ids. An id would promise that the stream can be taken up again where it broke,
/// and a client that subscribed reads the resource anew anyway.
final class EventStream {

  /// Most messages that wait for the client to read them.
  private static final int WAITING_MAX = 1_000;

  /// Most characters of them.
  static final int WAITING_CHARS_MAX = 8 * 1024 * 1024;

  /// How often a silent stream shows that it is alive; half of what idle connections are given.
  private static final Duration BEAT = Duration.ofSeconds(15);

  private static final String END = "";

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final AtomicLong chars = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();

  /// Writes the headers of a stream of events.
  static void begin(HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_OK);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding(UTF_8);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
  }

  /// A message as an event.
  static String event(JsonNode message) {
    return "event: message\ndata: " + Json.print(message) + "\n\n";
  }

  /// Sends a message, at once or as soon as the stream is open.
  void send(JsonNode message) {
    sendRaw(event(message));
  }

  /// Sends an event as it goes over the wire.
  void sendRaw(String event) {
    if (over.get()) {
      return;
    }
    if (chars.addAndGet(event.length()) > WAITING_CHARS_MAX || !waiting.offer(event)) {
      LOG.info("A client does not read its stream, which is ended");
      over.set(true);
    }
  }

  /// Ends it once what waits is sent.
  void end() {
    sendRaw(END);
  }

  boolean isOver() {
    return over.get();
  }

  /// Answers a request with this stream.
  ///
  /// @param whenOver run once, when either side has ended it
  void open(HttpServletRequest request, HttpServletResponse response, Runnable whenOver) {
    begin(response);
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    Thread.ofVirtual()
        .name("event-stream")
        .start(() -> {
          try {
            pump(response.getOutputStream());
          } catch (IOException e) {
            LOG.debug("A client has left its stream", e);
          } finally {
            over.set(true);
            whenOver.run();
            async.complete();
          }
        });
  }

  private void pump(OutputStream out) throws IOException {
    try {
      out.flush();
      while (!over.get()) {
        String event = waiting.poll(BEAT.toMillis(), TimeUnit.MILLISECONDS);
        if (END.equals(event)) {
          return;
        }
        out.write((event == null ? ":\n\n" : event).getBytes(UTF_8));
        out.flush();
        chars.addAndGet(event == null ? 0 : -event.length());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
