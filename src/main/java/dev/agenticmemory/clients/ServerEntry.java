package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a host starts the server.
///
/// @param command the program, then its arguments; never empty
/// @param env what is added to the environment that the host gives
public record ServerEntry(List<String> command, Map<String, String> env) {

  /// OpenClaw waits 1.5 s for the list of tools unless told otherwise, then goes on without them.
  static final int REQUEST_TIMEOUT_MS = 60_000;

  static final String REQUEST_TIMEOUT = "requestTimeoutMs";

  /// A word of a command that starts this program: its launcher, image or main class.
  private static final Pattern PROGRAM =
      Pattern.compile("(.*[/\\\\])?agentic-memory(:[^/]*)?|dev\\.agenticmemory\\.Main");

  public ServerEntry {
    command = List.copyOf(command);
    env = Map.copyOf(new LinkedHashMap<>(env));
    if (command.isEmpty()) {
      throw new IllegalArgumentException("A server is started by a command");
    }
  }

  /// Whether it starts the same program as `own`, this one.
  boolean starts(ServerEntry own) {
    return command.equals(own.command) || startsThisProgram();
  }

  /// Whether it starts this program, as far as names tell.
  boolean startsThisProgram() {
    return command.stream().anyMatch(PROGRAM.asMatchPredicate());
  }

  /// The entry as this host wants it written.
  ObjectNode json(Host host) {
    ObjectNode entry = Json.object();
    if (host == Host.CLAUDE_CODE) {
      entry.put("type", "stdio");
    }
    entry.put("command", command.getFirst());
    command.stream().skip(1).forEach(entry.putArray("args")::add);
    if (!env.isEmpty()) {
      ObjectNode block = entry.putObject("env");
      env.entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(variable -> block.put(variable.getKey(), variable.getValue()));
    }
    if (host == Host.OPENCLAW) {
      entry.put(REQUEST_TIMEOUT, REQUEST_TIMEOUT_MS);
    }
    return entry;
  }

  /// The entry as a host has it; empty for one that is reached by its address.
  static Optional<ServerEntry> of(JsonNode json) {
    if (!json.hasNonNull("command")) {
      return Optional.empty();
    }
    List<String> command = new ArrayList<>();
    command.add(json.path("command").asText());
    json.path("args").forEach(argument -> command.add(argument.asText()));
    Map<String, String> env = new LinkedHashMap<>();
    json.path("env").properties().forEach(v -> env.put(v.getKey(), v.getValue().asText()));
    return Optional.of(new ServerEntry(command, env));
  }
}
