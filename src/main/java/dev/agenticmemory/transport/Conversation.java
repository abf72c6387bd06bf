package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.Session;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client that sends a message a line, on whatever the lines come.
///
/// What cannot be read is answered with an error, and the next line is taken. Closing it waits for
/// the answers that are under way.
final class Conversation implements AutoCloseable {

  /// Longest line, in bytes. A memory of the longest text, every character escaped, fits ten times.
  static final int LINE_BYTES_MAX = 8 * 1024 * 1024;

  /// How many requests are worked on at once; more wait in line.
  private static final int WORKERS = 8;

  /// How much of requests is taken in at once, those in line included, in characters.
  private static final int IN_FLIGHT_CHARS_MAX = 4 * LINE_BYTES_MAX;

  /// How long answers may take after the client has closed its side.
  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);

  /// Is told once a line, by any thread: the answer, or null where none is due.
  interface Reply extends Consumer<@Nullable JsonNode> {}

  private final Dispatcher dispatcher;
  private final Session session;
  private final Semaphore places = new Semaphore(IN_FLIGHT_CHARS_MAX);
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          WORKERS, Thread.ofPlatform().daemon().name("request-", 1).factory());

  /// For one client.
  ///
  /// @param client takes what belongs to no line, from any thread
  Conversation(Dispatcher dispatcher, Caller caller, Consumer<JsonNode> client) {
    this.dispatcher = dispatcher;
    this.session = new Session(caller, client);
  }

  /// Takes one line in. Returns before it is answered, unless too much is being answered already.
  void receive(Lines.Line line, Reply reply) {
    switch (line) {
      case Lines.Line.Text(String text) -> receive(text, reply);
      case Lines.Line.TooLong() ->
          refuse(
              reply,
              null,
              ProtocolError.Code.INVALID_REQUEST,
              "A line has more than %,d bytes; send less at once".formatted(LINE_BYTES_MAX));
      case Lines.Line.NotUtf8() ->
          refuse(reply, null, ProtocolError.Code.PARSE_ERROR, "A line is not UTF-8");
    }
  }

  private void receive(String text, Reply reply) {
    if (text.isBlank()) {
      reply.accept(null);
      return;
    }
    JsonNode message;
    try {
      message = Json.parse(text);
    } catch (JsonProcessingException e) {
      JsonNode id = Messages.idOf(text, e);
      refuse(reply, id, ProtocolError.Code.PARSE_ERROR, "Not JSON: " + e.getOriginalMessage());
      return;
    }
    receive(message, text.length(), reply);
  }

  /// Takes one message in.
  ///
  /// @param chars how long it was
  void receive(JsonNode message, int chars, Reply reply) {
    if (Dispatcher.isImmediate(message)) {
      reply.accept(dispatcher.handle(session, message, session::send));
    } else {
      work(message, chars, reply);
    }
  }

  private void work(JsonNode message, int chars, Reply reply) {
    JsonNode id = message.path("id");
    boolean tracked = message.isObject();
    if (tracked && !session.begin(id)) {
      reply.accept(
          Messages.error(
              id,
              new ProtocolError(
                  ProtocolError.Code.INVALID_REQUEST, "A request with this id is under way")));
      return;
    }
    // A client that asks faster than it is answered is read more slowly, which it feels.
    places.acquireUninterruptibly(chars);
    workers.execute(() -> {
      try {
        JsonNode answer = answer(message, id);
        reply.accept(tracked && !session.end(id) ? null : answer);
      } finally {
        places.release(chars);
      }
    });
  }

  private @Nullable JsonNode answer(JsonNode message, JsonNode id) {
    try {
      return dispatcher.handle(session, message, session::send);
    } catch (Throwable e) { // A stack that is too small, a class that is missing: never silence.
      LOG.error("A request was not answered", e);
      return Messages.error(
          id.isMissingNode() ? null : id,
          new ProtocolError(
              ProtocolError.Code.INTERNAL_ERROR, "A fault in agentic-memory, which is in its log"));
    }
  }

  private static void refuse(
      Reply reply, @Nullable JsonNode id, ProtocolError.Code code, String message) {
    reply.accept(Messages.error(id, new ProtocolError(code, message)));
  }

  @Override
  public void close() {
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
