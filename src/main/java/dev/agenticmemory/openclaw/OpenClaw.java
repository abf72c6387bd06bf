package dev.agenticmemory.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Workspace;
import dev.agenticmemory.engine.Workspaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The workspaces of OpenClaw's agents, as its configuration names them; where that cannot be read,
/// as OpenClaw itself does, if it is installed.
public final class OpenClaw implements Workspaces {

  /// The agent of an OpenClaw that names none.
  private static final String ONLY = "main";

  /// It answers in three seconds on a slow machine.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Where OpenClaw is.
  ///
  /// @param state its data folder, usually `~/.openclaw`
  /// @param config its configuration, usually `openclaw.json` in that folder
  /// @param userHome what `~` means in its configuration
  public record Place(Path state, Path config, Path userHome) {}

  private final Place place;
  private final Layout layout;
  private final ConfigFile reader;
  private final AgentsCommand command;

  /// @param environment for the variables that the configuration names, and for the command
  public OpenClaw(Place place, Layout layout, Map<String, String> environment) {
    this(place, layout, environment, PATIENCE);
  }

  /// @param patience how long OpenClaw is waited for where it is asked
  OpenClaw(Place place, Layout layout, Map<String, String> environment, Duration patience) {
    this.place = place;
    this.layout = layout;
    this.reader = new ConfigFile(environment);
    this.command = new AgentsCommand(environment, patience);
  }

  @Override
  public List<Workspace> all() {
    Map<AgentId, Path> folders =
        Files.isRegularFile(place.config()) ? configured() : withoutConfiguration();
    return folders.entrySet().stream()
        .<Workspace>map(agent -> new FolderWorkspace(agent.getKey(), agent.getValue(), layout))
        .toList();
  }

  private Map<AgentId, Path> configured() {
    try {
      return folders(reader.read(place.config()).path("agents"));
    } catch (Unavailable e) {
      return asked().orElseThrow(() -> e);
    }
  }

  private Map<AgentId, Path> withoutConfiguration() {
    return asked()
        .orElseGet(() ->
            Files.isDirectory(place.state())
                ? folders(JsonNodeFactory.instance.objectNode())
                : Map.of());
  }

  /// What OpenClaw says itself, where it says anything of use.
  private Optional<Map<AgentId, Path>> asked() {
    return command.ask(place).filter(folders -> !folders.isEmpty());
  }

  private Map<AgentId, Path> folders(JsonNode agents) {
    Map<String, JsonNode> entries = entries(agents);
    JsonNode defaults = agents.path("defaults");
    Map<AgentId, Path> folders = new LinkedHashMap<>();
    entries.forEach((id, agent) ->
        folders.put(new AgentId(id), folder(id, agent, defaults, entries.size() == 1)));
    return folders;
  }

  @Override
  public String hint() {
    return "No OpenClaw is found at %s: set OPENCLAW_HOME to its data folder, or MEMORY_WORKSPACES."
        .formatted(place.state());
  }

  /// The agents by id: a map in today's files, an array in older ones, or both.
  private static Map<String, JsonNode> entries(JsonNode agents) {
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    for (JsonNode agent : agents.path("list")) {
      String id = agent.path("id").asText();
      if (!id.isBlank()) {
        entries.put(id, agent);
      }
    }
    if (agents.path("entries") instanceof ObjectNode named) {
      named.properties().forEach(member -> entries.put(member.getKey(), member.getValue()));
    }
    entries.keySet().removeIf(String::isBlank);
    if (entries.isEmpty()) {
      entries.put(ONLY, JsonNodeFactory.instance.objectNode());
    }
    return entries;
  }

  private Path folder(String id, JsonNode agent, JsonNode defaults, boolean only) {
    if (agent.hasNonNull("workspace")) {
      return path(agent.path("workspace").asText());
    }
    if (defaults.hasNonNull("workspace")) {
      Path shared = path(defaults.path("workspace").asText());
      return only ? shared : shared.resolve(id);
    }
    return place.state().resolve(only ? "workspace" : "workspace-" + id);
  }

  private Path path(String text) {
    if (text.equals("~") || text.startsWith("~/")) {
      return place.userHome().resolve(text.substring(Math.min(2, text.length())));
    }
    return place.state().resolve(text); // Which leaves a path from the root as it is.
  }
}
