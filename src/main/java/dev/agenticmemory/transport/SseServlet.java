package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.Session;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// MCP over HTTP as the version 2024-11-05 has it, which clients use for a URL that ends in `/sse`:
/// a GET opens the stream on which everything is answered, and says where to POST to.
final class SseServlet extends HttpServlet {

  static final String STREAM = "/sse";
  static final String MESSAGES = "/messages";

  private static final String SESSION = "sessionId";

  private final transient Requests requests;

  SseServlet(Requests requests) {
    this.requests = requests;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getServletPath().equals(STREAM)) {
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    EventStream stream = new EventStream();
    HttpSessions.Entry entry = requests.sessions().open(requests.caller(request));
    var _ = entry.listen(stream);
    stream.sendRaw("event: endpoint\ndata: %s?%s=%s\n\n".formatted(MESSAGES, SESSION, entry.id()));
    stream.open(request, response, () -> requests.sessions().close(entry));
  }

  @Override
  protected void doHead(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Requests.refuseHead(response, request.getServletPath().equals(STREAM) ? "GET" : "POST");
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
      HttpReply.json(response, e.status(), Messages.error(e.id(), e.error()));
    }
  }

  private void answer(Session session, JsonNode message) {
    // Where it is repeated, the answer to the first one is the answer to both.
    if (requests.handle(session, message, session::send)
            instanceof Requests.Outcome.Handled(JsonNode answer)
        && answer != null) {
      session.send(answer);
    }
  }

  private Session session(HttpServletRequest request) throws Refused {
    return requests
        .session(request, request.getParameter(SESSION), "Parameter " + SESSION, "open " + STREAM)
        .session();
  }
}
