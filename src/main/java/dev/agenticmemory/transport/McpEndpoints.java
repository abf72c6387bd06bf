package dev.agenticmemory.transport;

import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/// MCP over HTTP, as servlets.
public final class McpEndpoints implements AutoCloseable {

  /// Where [#sse] belongs.
  public static final List<String> SSE_PATHS = List.of(SseServlet.STREAM, SseServlet.MESSAGES);

  private final Dispatcher dispatcher;
  private final Function<HttpServletRequest, Caller> callers;
  private final HttpSessions streamable;
  private final HttpSessions sse;

  /// @param callers who sends a request
  public McpEndpoints(
      Dispatcher dispatcher, Function<HttpServletRequest, Caller> callers, Clock clock) {
    this.dispatcher = dispatcher;
    this.callers = callers;
    this.streamable = new HttpSessions(clock, dispatcher::close);
    this.sse = new HttpSessions(clock, dispatcher::close);
  }

  /// Streamable HTTP, in both eras of the protocol.
  public HttpServlet streamable() {
    return new McpServlet(new Requests(dispatcher, callers, streamable));
  }

  /// HTTP with server-sent events, of the oldest version.
  public HttpServlet sse() {
    return new SseServlet(new Requests(dispatcher, callers, sse));
  }

  /// Ends all sessions and their streams, and lets no new ones begin. Come before the end of the
  /// server, which waits for what is open.
  @Override
  public void close() {
    streamable.close();
    sse.close();
  }
}
