package dev.agenticmemory.openclaw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.json.Json5;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What OpenClaw itself says of its agents, where it is installed. Whatever goes wrong is no
/// answer, never a failure: asking it is the last resort.
final class AgentsCommand {

  private static final Logger LOG = LoggerFactory.getLogger(AgentsCommand.class);

  private static final String NAME = "openclaw";

  /// Longest answer, in bytes: some thousand agents.
  private static final long ANSWER_BYTES_MAX = 1 << 20;

  private final Map<String, String> environment;
  private final Duration patience;

  /// @param environment in whose `PATH` the command is looked for, and which it gets
  /// @param patience after which it is ended
  AgentsCommand(Map<String, String> environment, Duration patience) {
    this.environment = environment;
    this.patience = patience;
  }

  /// The agents' folders, as far as they are there.
  Optional<Map<AgentId, Path>> ask(OpenClaw.Place place) {
    return command().flatMap(command -> answer(command, place)).map(AgentsCommand::folders);
  }

  private Optional<Path> command() {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, NAME))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private Optional<JsonNode> answer(Path command, OpenClaw.Place place) {
    try {
      Path said = Files.createTempFile(NAME, ".json");
      try {
        return hasSaid(command, place, said) && Files.size(said) <= ANSWER_BYTES_MAX
            ? Optional.of(Json5.parse(Files.readString(said)))
            : Optional.empty();
      } finally {
        Files.deleteIfExists(said);
      }
    } catch (JsonProcessingException e) {
      LOG.warn("{} agents list --json answered with no JSON: {}", command, e.getOriginalMessage());
    } catch (IOException e) {
      LOG.warn("{} could not be asked for agents: {}", command, e.toString());
    }
    return Optional.empty();
  }

  /// Runs the command to its end. Its answer goes to a file, so that nobody waits for the end of a
  /// stream that a process of its own keeps open.
  private boolean hasSaid(Path command, OpenClaw.Place place, Path said) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command.toString(), "agents", "list", "--json")
            .redirectOutput(said.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("OPENCLAW_STATE_DIR", place.state().toString());
    builder.environment().put("OPENCLAW_CONFIG_PATH", place.config().toString());
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended || process.exitValue() != 0) {
        LOG.warn("{} agents list --json {}", command, ended ? "failed" : "did not end in time");
        return false;
      }
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Map<AgentId, Path> folders(JsonNode agents) {
    Map<AgentId, Path> folders = new LinkedHashMap<>();
    for (JsonNode agent : agents) {
      try {
        Path folder = Path.of(agent.path("workspace").asText());
        if (folder.isAbsolute() && Files.isDirectory(folder)) {
          folders.put(new AgentId(agent.path("id").asText()), folder);
        }
      } catch (InvalidInput | InvalidPathException _) {
        LOG.warn("OpenClaw names an agent without an id or a folder");
      }
    }
    return folders;
  }
}
