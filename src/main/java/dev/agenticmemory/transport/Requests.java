package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.ProtocolError.Code;
import dev.agenticmemory.mcp.Session;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How requests over HTTP reach the session that they belong to.
///
/// @param callers who sends a request
record Requests(
    Dispatcher dispatcher, Function<HttpServletRequest, Caller> callers, HttpSessions sessions) {

  /// What became of a message.
  sealed interface Outcome {
    /// Another request with the same id is under way, and this one is not worked on.
    record Repeated() implements Outcome {}

    /// It was worked on.
    ///
    /// @param answer null where there is none, or the client does not want it any more
    record Handled(@Nullable JsonNode answer) implements Outcome {}
  }

  Caller caller(HttpServletRequest request) {
    return callers.apply(request);
  }

  /// The session that a request belongs to.
  ///
  /// @param id as the request has it; null where it has none
  /// @param place where it should have it
  /// @param opening what opens a session
  HttpSessions.Entry session(
      HttpServletRequest request, @Nullable String id, String place, String opening)
      throws Refused {
    if (id == null) {
      throw new Refused(
          HttpServletResponse.SC_BAD_REQUEST,
          Code.INVALID_REQUEST,
          "%s is missing; %s first".formatted(place, opening));
    }
    return sessions
        .find(id, caller(request))
        .orElseThrow(() ->
            new Refused(
                HttpServletResponse.SC_NOT_FOUND,
                Code.INVALID_REQUEST,
                "There is no such session any more; %s again".formatted(opening)));
  }

  /// Has a message of a session handled, so that it can be cancelled meanwhile.
  ///
  /// @param aside takes what is said before the answer
  Outcome handle(Session session, JsonNode message, Consumer<ObjectNode> aside) {
    JsonNode id = message.path("id");
    boolean tracked = message.has("method") && message.has("id");
    if (tracked && !session.begin(id)) {
      return new Outcome.Repeated();
    }
    JsonNode answer;
    boolean wanted;
    try {
      answer = dispatcher.handle(session, message, aside);
    } finally {
      wanted = !tracked || session.end(id);
    }
    return new Outcome.Handled(wanted ? answer : null);
  }

  /// A HEAD of a stream: one without events would only cost a connection.
  static void refuseHead(HttpServletResponse response, String allowed) throws IOException {
    response.setHeader("Allow", allowed);
    response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
  }
}
