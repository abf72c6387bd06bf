package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError.Code;
import dev.agenticmemory.mcp.Session;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;

/// MCP over HTTP as the version 2024-11-05 has it, which clients use for a URL that ends in `/sse`:
/// a GET opens the stream on which everything is answered, and says where to POST to.
final class SseServlet extends HttpServlet {

  static final String STREAM = "/sse";
  static final String MESSAGES = "/messages";

  private static final String SESSION = "sessionId";

  private final transient Dispatcher dispatcher;
  private final transient Function<HttpServletRequest, Caller> callers;
  private final transient HttpSessions sessions;

  SseServlet(
      Dispatcher dispatcher, Function<HttpServletRequest, Caller> callers, HttpSessions sessions) {
    this.dispatcher = dispatcher;
    this.callers = callers;
    this.sessions = sessions;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getServletPath().equals(STREAM)) {
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    EventStream stream = new EventStream();
    HttpSessions.Entry entry = sessions.open(callers.apply(request));
    var _ = entry.listen(stream);
    stream.sendRaw("event: endpoint\ndata: %s?%s=%s\n\n".formatted(MESSAGES, SESSION, entry.id()));
    stream.open(request, response, () -> sessions.close(entry));
  }

  /// A stream without events would only cost a connection.
  @Override
  protected void doHead(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Allow", request.getServletPath().equals(STREAM) ? "GET" : "POST");
    response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
  }

  /// Takes a message. It is answered on the stream, so this only says that it has arrived.
  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getServletPath().equals(MESSAGES)) {
      // How clients of newer versions find out that this is the address of the old one.
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    try {
      JsonNode message = RequestBodies.read(request);
      Session session = session(request);
      response.setStatus(HttpServletResponse.SC_ACCEPTED);
      response.setContentLength(0);
      response.flushBuffer();
      answer(session, message);
    } catch (Refused e) {
      HttpReply.json(response, e.status(), Messages.error(null, e.error()));
    }
  }

  private void answer(Session session, JsonNode message) {
    JsonNode id = message.path("id");
    boolean tracked = message.has("method") && message.has("id");
    if (tracked && !session.begin(id)) {
      return; // The answer to the first one is the answer to both.
    }
    JsonNode answer;
    boolean wanted;
    try {
      answer = dispatcher.handle(session, message, session::send);
    } finally {
      wanted = !tracked || session.end(id);
    }
    if (answer != null && wanted) {
      session.send(answer);
    }
  }

  private Session session(HttpServletRequest request) throws Refused {
    String id = request.getParameter(SESSION);
    if (id == null) {
      throw new Refused(
          HttpServletResponse.SC_BAD_REQUEST,
          Code.INVALID_REQUEST,
          "Parameter %s is missing; open %s first".formatted(SESSION, STREAM));
    }
    return sessions
        .find(id, callers.apply(request))
        .orElseThrow(() ->
            new Refused(
                HttpServletResponse.SC_NOT_FOUND,
                Code.INVALID_REQUEST,
                "There is no such session any more; open %s again".formatted(STREAM)))
        .session();
  }
}
