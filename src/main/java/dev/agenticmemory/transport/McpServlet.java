package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.ProtocolError.Code;
import dev.agenticmemory.mcp.Session;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// MCP by streamable HTTP at one address, in both eras: a request of the newer one stands for
/// itself, one of the older belongs to the session that its header names.
final class McpServlet extends HttpServlet {

  private static final String SESSION = "Mcp-Session-Id";

  private final transient Requests requests;

  McpServlet(Requests requests) {
    this.requests = requests;
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    JsonNode id = null;
    try {
      JsonNode message = RequestBodies.read(request);
      id = id(message);
      String version = request.getHeader(ModernHeaders.VERSION);
      if (Dispatcher.isModern(message) || Dispatcher.MODERN.equals(version)) {
        modern(request, response, message);
      } else {
        requireLegacy(version);
        legacy(request, response, message);
      }
    } catch (Refused e) {
      HttpReply.json(response, e.status(), Messages.error(id == null ? e.id() : id, e.error()));
    } catch (ProtocolError e) {
      HttpReply.json(response, HttpServletResponse.SC_BAD_REQUEST, Messages.error(id, e));
    }
  }

  /// The id of a request, where it has one that can be repeated.
  private static @Nullable JsonNode id(JsonNode message) {
    JsonNode id = message.path("id");
    return id.isTextual() || id.isNumber() ? id : null;
  }

  // The newer era.

  private void modern(HttpServletRequest request, HttpServletResponse response, JsonNode message)
      throws IOException, Refused {
    Caller caller = requests.caller(request);
    if (message.path("method").isTextual() && !message.has("id")) {
      // This era has no notifications over HTTP: who loses interest ends the connection.
      response.setStatus(HttpServletResponse.SC_ACCEPTED);
      return;
    }
    if (!Dispatcher.isModern(message)) {
      Dispatcher.requireEnvelope(message);
    }
    ModernHeaders.require(request, message);
    Dispatcher.requireEnvelope(message);
    HttpReply reply = new HttpReply(request, response);
    if (message.path("method").asText().equals("subscriptions/listen")) {
      listen(request, response, new EventStream(), caller, message, reply);
      return;
    }
    Session session = new Session(caller, reply::tell);
    JsonNode answer = requests.dispatcher().handle(session, message, reply::tell);
    reply.answer(modernStatus(answer), answer);
  }

  private static int modernStatus(@Nullable JsonNode answer) {
    int code = code(answer);
    if (code == Code.METHOD_NOT_FOUND.number()) {
      return HttpServletResponse.SC_NOT_FOUND;
    }
    boolean refused =
        code == Code.INVALID_REQUEST.number() || code == Code.MISSING_CAPABILITY.number();
    return refused ? HttpServletResponse.SC_BAD_REQUEST : HttpServletResponse.SC_OK;
  }

  private static int code(@Nullable JsonNode answer) {
    return answer == null ? 0 : answer.path("error").path("code").asInt();
  }

  /// The answer is a stream that stays open.
  private void listen(
      HttpServletRequest request,
      HttpServletResponse response,
      EventStream stream,
      Caller caller,
      JsonNode message,
      HttpReply reply)
      throws IOException {
    Session session = new Session(caller, stream::send);
    JsonNode refusal = requests.dispatcher().handle(session, message, stream::send);
    if (refusal != null) {
      reply.answer(modernStatus(refusal), refusal);
      return;
    }
    HttpSessions.Entry entry = requests.sessions().adopt(session, stream);
    stream.open(request, response, () -> requests.sessions().close(entry));
  }

  // The older era.

  private static void requireLegacy(@Nullable String version) throws Refused {
    if (version != null && !Dispatcher.isLegacy(version)) {
      throw new Refused(HttpServletResponse.SC_BAD_REQUEST, Dispatcher.unsupported(version));
    }
  }

  private void legacy(HttpServletRequest request, HttpServletResponse response, JsonNode message)
      throws IOException, Refused {
    HttpReply reply = new HttpReply(request, response);
    if (message.path("method").asText().equals("initialize") && message.has("id")) {
      initialize(requests.caller(request), response, message, reply);
      return;
    }
    switch (requests.handle(session(request).session(), message, reply::tell)) {
      case Requests.Outcome.Repeated() ->
          throw new Refused(
              HttpServletResponse.SC_BAD_REQUEST,
              Code.INVALID_REQUEST,
              "A request with this id is under way");
      case Requests.Outcome.Handled(JsonNode answer) -> reply.answer(legacyStatus(answer), answer);
    }
  }

  private static int legacyStatus(@Nullable JsonNode answer) {
    boolean unreadable = answer != null && answer.path("id").isNull();
    return unreadable ? HttpServletResponse.SC_BAD_REQUEST : HttpServletResponse.SC_OK;
  }

  private void initialize(
      Caller caller, HttpServletResponse response, JsonNode message, HttpReply reply)
      throws IOException {
    HttpSessions.Entry entry = requests.sessions().open(caller);
    JsonNode answer = requests.dispatcher().handle(entry.session(), message, reply::tell);
    if (entry.session().version() == null) {
      requests.sessions().close(entry);
    } else {
      response.setHeader(SESSION, entry.id());
    }
    reply.answer(HttpServletResponse.SC_OK, answer);
  }

  private HttpSessions.Entry session(HttpServletRequest request) throws Refused {
    return requests.session(
        request, request.getHeader(SESSION), "Header " + SESSION, "send initialize");
  }

  /// Opens the stream of what belongs to no request.
  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      requireLegacy(request.getHeader(ModernHeaders.VERSION));
      HttpSessions.Entry entry = session(request);
      EventStream stream = new EventStream();
      if (!entry.listen(stream)) {
        throw new Refused(
            HttpServletResponse.SC_CONFLICT,
            Code.INVALID_REQUEST,
            "The stream of this session is open already");
      }
      stream.open(request, response, () -> entry.left(stream));
    } catch (Refused e) {
      HttpReply.json(response, e.status(), Messages.error(null, e.error()));
    }
  }

  @Override
  protected void doHead(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Requests.refuseHead(response, "DELETE, GET, POST");
  }

  /// Ends a session.
  @Override
  protected void doDelete(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      requests.sessions().close(session(request));
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    } catch (Refused e) {
      HttpReply.json(response, e.status(), Messages.error(null, e.error()));
    }
  }
}
