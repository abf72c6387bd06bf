package dev.agenticmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/// A client of a `stdio` process, which is initialized.
public final class StdioSession implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;
  private int lastId;

  public StdioSession(Process process) throws IOException {
    this.process = process;
    in = process.getOutputStream();
    out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    var _ =
        ask(
            "initialize",
            "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"many\",\"version\":\"1\"}");
  }

  public Process process() {
    return process;
  }

  /// The id of a new memory.
  public String add(String text) throws IOException {
    return call("add_memory", "\"text\":\"%s\",\"infer\":false".formatted(text))
        .path("results")
        .path(0)
        .path("id")
        .asText();
  }

  /// Whether there is a memory with this id.
  public boolean has(String id) throws IOException {
    return call("get_memory", "\"memory_id\":\"%s\"".formatted(id)).path("id").asText().equals(id);
  }

  /// The structured answer of a tool. Throws where it is an error.
  public JsonNode call(String tool, String arguments) throws IOException {
    JsonNode answer =
        ask("tools/call", "\"name\":\"%s\",\"arguments\":{%s}".formatted(tool, arguments));
    if (answer.path("result").path("isError").asBoolean(true)) {
      throw new IOException("Not what was hoped for: " + answer);
    }
    return answer.path("result").path("structuredContent");
  }

  /// Sends what has no answer.
  void tell(String method) throws IOException {
    send("{\"jsonrpc\":\"2.0\",\"method\":\"%s\"}".formatted(method));
  }

  private void send(String line) throws IOException {
    in.write((line + "\n").getBytes(UTF_8));
    in.flush();
  }

  public JsonNode ask(String method, String params) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}"
            .formatted(++lastId, method, params));
    String answer = out.readLine();
    if (answer == null) {
      throw new IOException("The process ended");
    }
    return Fixture.parsed(answer);
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
