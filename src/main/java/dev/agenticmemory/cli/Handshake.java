package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.clients.ServerEntry;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/// Starts a server as a host would, and talks to it.
final class Handshake {

  /// What the strictest host, OpenClaw, passes on of its environment.
  private static final Set<String> PASSED_ON =
      Set.of("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER");

  /// A first start may have to build the program.
  private static final Duration LIFETIME_MAX = Duration.ofMinutes(5);

  private Handshake() {}

  /// How many tools the server lists, and how long it took to be ready.
  record Answer(int tools, Duration started) {}

  static Answer with(ServerEntry entry) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(entry.command()).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().keySet().retainAll(PASSED_ON);
    builder.environment().putAll(entry.env());
    builder.environment().put("MEMORY_SERVER_IDLE_SECONDS", "0"); // It leaves no server behind.
    try (StdioClient client = StdioClient.limited(builder, LIFETIME_MAX)) {
      JsonNode tools = client.request("tools/list", Json.object()).path("tools");
      if (tools.isEmpty()) {
        throw new IOException("it lists no tools");
      }
      return new Answer(tools.size(), client.startToInitialized());
    }
  }
}
