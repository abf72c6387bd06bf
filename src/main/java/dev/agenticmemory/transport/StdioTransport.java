package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client over standard input and output: a message a line, in UTF-8.
///
/// No input ends it but its end. What cannot be read is answered with an error, and the next line
/// is read. Answers that are under way at the end of input are still written.
public final class StdioTransport {

  /// Longest line, in bytes. A memory of the longest text, every character escaped, fits ten times.
  public static final int LINE_BYTES_MAX = 8 * 1024 * 1024;

  /// How many requests are worked on at once; more wait in line.
  private static final int WORKERS = 8;

  /// How much of requests is taken in at once, those in line included, in characters.
  private static final int IN_FLIGHT_CHARS_MAX = 4 * LINE_BYTES_MAX;

  /// How long answers may take after the client has closed its side.
  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(StdioTransport.class);

  private final Dispatcher dispatcher;
  private final OutputStream out;
  private final Session session;
  private final Semaphore places = new Semaphore(IN_FLIGHT_CHARS_MAX);
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          WORKERS, Thread.ofPlatform().daemon().name("request-", 1).factory());

  /// For one client.
  ///
  /// @param out written by this object alone
  public StdioTransport(Dispatcher dispatcher, Caller caller, OutputStream out) {
    this.dispatcher = dispatcher;
    this.out = out;
    this.session = new Session(caller, this::write);
  }

  /// Serves the client until its input ends.
  public void serve(InputStream in) throws IOException {
    try {
      Lines lines = new Lines(in, LINE_BYTES_MAX);
      for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
        receive(line);
      }
    } finally {
      finish();
    }
  }

  private void receive(Lines.Line line) {
    switch (line) {
      case Lines.Line.Text(String text) -> receive(text);
      case Lines.Line.TooLong() ->
          refuse(
              ProtocolError.Code.INVALID_REQUEST,
              "A line has more than %,d bytes; send less at once".formatted(LINE_BYTES_MAX));
      case Lines.Line.NotUtf8() -> refuse(ProtocolError.Code.PARSE_ERROR, "A line is not UTF-8");
    }
  }

  private void receive(String text) {
    if (text.isBlank()) {
      return;
    }
    JsonNode message;
    try {
      message = Json.parse(text);
    } catch (JsonProcessingException e) {
      refuse(ProtocolError.Code.PARSE_ERROR, "Not JSON: " + e.getOriginalMessage());
      return;
    }
    if (Dispatcher.isImmediate(message)) {
      answer(message);
    } else {
      work(message, text.length());
    }
  }

  private void work(JsonNode message, int size) {
    JsonNode id = message.path("id");
    if (!session.begin(id)) {
      write(
          Messages.error(
              id,
              new ProtocolError(
                  ProtocolError.Code.INVALID_REQUEST, "A request with this id is under way")));
      return;
    }
    // A client that asks faster than it is answered is read more slowly, which it feels.
    places.acquireUninterruptibly(size);
    workers.execute(() -> {
      try {
        JsonNode answer = dispatcher.handle(session, message);
        if (session.end(id) && answer != null) {
          write(answer);
        }
      } finally {
        places.release(size);
      }
    });
  }

  private void answer(JsonNode message) {
    JsonNode answer = dispatcher.handle(session, message);
    if (answer != null) {
      write(answer);
    }
  }

  private void refuse(ProtocolError.Code code, String message) {
    write(Messages.error(null, new ProtocolError(code, message)));
  }

  /// Writes one line, whole, whichever thread it is for.
  private synchronized void write(JsonNode message) {
    try {
      out.write((Json.print(message) + "\n").getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      // The client is gone. Its input ends next, and with it the process.
      LOG.debug("The client does not read any more", e);
    }
  }

  private void finish() {
    workers.shutdown();
    try {
      if (!workers.awaitTermination(LAST_ANSWERS_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Some requests were not answered in time after the end of input");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    dispatcher.close(session);
  }
}
