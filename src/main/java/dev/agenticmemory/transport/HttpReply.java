package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.ProtocolError.Code;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answer to one POST: plain JSON, or a stream of events where something has to be said before
/// it, or where the client reads nothing else.
final class HttpReply {

  private static final String EVENTS = "text/event-stream";
  private static final String JSON = "application/json";

  private static final Logger LOG = LoggerFactory.getLogger(HttpReply.class);

  private final HttpServletResponse response;
  private final boolean mayStream;
  private final boolean mustStream;
  private boolean streaming;
  private boolean gone;

  HttpReply(HttpServletRequest request, HttpServletResponse response) throws Refused {
    this.response = response;
    String accept = request.getHeader("Accept");
    boolean all = accept == null || accept.contains("*/*");
    boolean json = all || accept.contains(JSON) || accept.contains("application/*");
    mayStream = accept != null && accept.contains(EVENTS);
    mustStream = mayStream && !json;
    if (!mayStream && !json) {
      throw new Refused(
          HttpServletResponse.SC_NOT_ACCEPTABLE,
          Code.INVALID_REQUEST,
          "Accept has neither %s nor %s; send both".formatted(JSON, EVENTS));
    }
  }

  /// Says something that belongs to the request, before its answer. Lost on a client that reads no
  /// streams.
  synchronized void tell(JsonNode message) {
    if (!mayStream) {
      return;
    }
    try {
      event(message);
    } catch (IOException e) {
      LOG.debug("A client has left before its answer", e);
      gone = true;
    }
  }

  /// Answers.
  ///
  /// @param status where it is not a stream
  /// @param answer null where the client does not want it any more
  synchronized void answer(int status, @Nullable JsonNode answer) throws IOException {
    if (answer == null) {
      if (!streaming) {
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
      }
      return;
    }
    if (streaming || mustStream) {
      event(answer);
    } else {
      json(response, status, answer);
    }
  }

  private void event(JsonNode message) throws IOException {
    if (gone) {
      return;
    }
    if (!streaming) {
      EventStream.begin(response);
      streaming = true;
    }
    response.getOutputStream().write(EventStream.event(message).getBytes(UTF_8));
    response.flushBuffer();
  }

  /// Answers with one JSON object.
  static void json(HttpServletResponse response, int status, JsonNode body) throws IOException {
    byte[] bytes = Json.print(body).getBytes(UTF_8);
    response.setStatus(status);
    response.setContentType(JSON);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
