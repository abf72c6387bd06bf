package dev.agenticmemory.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A small MCP client: starts a server as a process, and talks to it as any client does.
final class StdioClient implements AutoCloseable {

  /// How long a server may take to end after its input has.
  private static final int END_SECONDS_MAX = 35;

  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;
  private final Duration startToInitialized;
  private int lastId;

  /// Starts `command stdio --standalone` on the data folder `home`, and has it initialized: what it
  /// is started for is over with it, so it leaves no server behind.
  StdioClient(List<String> command, Path home) throws IOException {
    this(onHome(command, home).start());
  }

  /// Has a server that was just started initialized.
  private StdioClient(Process started) throws IOException {
    long start = System.nanoTime();
    process = started;
    in = process.getOutputStream();
    out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    ObjectNode params = Json.object().put("protocolVersion", "2025-11-25");
    params.putObject("capabilities");
    params.putObject("clientInfo").put("name", "agentic-memory-cli").put("version", "1");
    var _ = request("initialize", params);
    startToInitialized = Duration.ofNanos(System.nanoTime() - start);
    send(Json.object().put("jsonrpc", "2.0").put("method", "notifications/initialized"));
  }

  /// Starts a server that is ended after `lifetime`, whatever it does.
  static StdioClient limited(ProcessBuilder builder, Duration lifetime) throws IOException {
    Process process = builder.start();
    CompletableFuture.delayedExecutor(lifetime.toMillis(), TimeUnit.MILLISECONDS)
        .execute(process::destroyForcibly);
    try {
      return new StdioClient(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static ProcessBuilder onHome(List<String> command, Path home) {
    List<String> full = new ArrayList<>(command);
    full.addAll(List.of("stdio", "--standalone"));
    ProcessBuilder builder =
        new ProcessBuilder(full).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().removeIf(name -> name.startsWith("MEMORY_"));
    builder.environment().put("MEMORY_HOME", home.toString());
    return builder;
  }

  Duration startToInitialized() {
    return startToInitialized;
  }

  long pid() {
    return process.pid();
  }

  /// The structured answer of a tool.
  JsonNode call(String tool, ObjectNode arguments) throws IOException {
    ObjectNode params = Json.object().put("name", tool);
    params.set("arguments", arguments);
    JsonNode result = request("tools/call", params);
    if (result.path("isError").asBoolean()) {
      throw new IOException(result.path("content").path(0).path("text").asText());
    }
    return result.path("structuredContent");
  }

  JsonNode request(String method, ObjectNode params) throws IOException {
    int id = ++lastId;
    ObjectNode message = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    message.set("params", params);
    send(message);
    while (true) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("The server ended without an answer to " + method);
      }
      JsonNode answer = parsed(line);
      if (answer.path("id").asInt() == id) {
        if (answer.has("error")) {
          throw new IOException(answer.path("error").path("message").asText());
        }
        return answer.path("result");
      }
    }
  }

  private static JsonNode parsed(String line) throws IOException {
    try {
      return Json.parse(line);
    } catch (JsonProcessingException e) {
      throw new IOException("The server wrote what is not JSON: " + line, e);
    }
  }

  private void send(ObjectNode message) throws IOException {
    in.write((Json.print(message) + "\n").getBytes(UTF_8));
    in.flush();
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
