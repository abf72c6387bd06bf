package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Dispatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client over standard input and output: a message a line, in UTF-8.
///
/// No input ends it but its end. Answers that are under way at the end of input are still written.
public final class StdioTransport {

  private static final Logger LOG = LoggerFactory.getLogger(StdioTransport.class);

  private final Conversation conversation;
  private final OutputStream out;

  /// For one client.
  ///
  /// @param out written by this object alone
  public StdioTransport(Dispatcher dispatcher, Caller caller, OutputStream out) {
    this.out = out;
    this.conversation = new Conversation(dispatcher, caller, this::write);
  }

  /// Serves the client until its input ends.
  public void serve(InputStream in) throws IOException {
    try (conversation) {
      Lines lines = new Lines(in, Conversation.LINE_BYTES_MAX);
      for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
        conversation.receive(line, this::write);
      }
    }
  }

  /// Writes one line, whole, whichever thread it is for.
  private synchronized void write(@Nullable JsonNode message) {
    if (message == null) {
      return;
    }
    try {
      out.write((Json.print(message) + "\n").getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      // The client is gone. Its input ends next, and with it the process.
      LOG.debug("The client does not read any more", e);
    }
  }
}
