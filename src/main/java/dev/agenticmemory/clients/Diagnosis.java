package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.agenticmemory.domain.MemoryException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What is wrong with the way in which hosts start this program, as far as their files tell.
///
/// @param dataFolder the one that is looked at; a host that uses another one has other memories
public record Diagnosis(Places places, Path dataFolder) {

  private static final int JAVA_MIN = 25;

  private static final Pattern JAVA_VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  /// A host that starts this program.
  ///
  /// @param problems each with what to do; none where all is well
  public record Connected(Host host, List<String> problems) {

    public Connected {
      problems = List.copyOf(problems);
    }
  }

  /// The hosts of this person that have an entry for this program, or a plugin of it.
  public List<Connected> all() {
    return Stream.of(Host.values()).flatMap(host -> connected(host).stream()).toList();
  }

  private Optional<Connected> connected(Host host) {
    Path file = places.config(host);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      ConfigText config = ConfigText.read(host, file);
      JsonNode entry = ours(config.at(Setting.server(host)));
      JsonNode plugin =
          host == Host.OPENCLAW ? config.at(Setting.pluginMember()) : MissingNode.getInstance();
      if (entry.isMissingNode() && plugin.isMissingNode()) {
        return Optional.empty();
      }
      List<String> problems = new ArrayList<>();
      ServerEntry.of(entry).ifPresent(server -> inEntry(server, problems));
      if (host == Host.OPENCLAW) {
        ofOpenClaw(entry, plugin, problems);
      }
      return Optional.of(new Connected(host, problems));
    } catch (UneditableConfig | MemoryException e) {
      return Optional.of(
          new Connected(host, List.of("%s cannot be read: %s".formatted(file, e.getMessage()))));
    }
  }

  /// The entry, unless it starts another program.
  private static JsonNode ours(JsonNode entry) {
    boolean ours = ServerEntry.of(entry).map(ServerEntry::startsThisProgram).orElse(true);
    return ours ? entry : MissingNode.getInstance();
  }

  private void inEntry(ServerEntry entry, List<String> problems) {
    Path program = program(entry.command().getFirst());
    if (!Files.isExecutable(program)) {
      problems.add("%s is not there or cannot be executed".formatted(program));
    } else if (program.endsWith("java") && version(program) < JAVA_MIN) {
      problems.add(
          "%s is Java %d; the program needs %d: start it by its launcher"
              .formatted(program, version(program), JAVA_MIN));
    }
    String home = entry.env().getOrDefault("MEMORY_HOME", "");
    if (!home.isEmpty() && !Path.of(home).equals(dataFolder)) {
      problems.add("its memories are in %s, these are in %s".formatted(home, dataFolder));
    }
  }

  private static void ofOpenClaw(JsonNode entry, JsonNode plugin, List<String> problems) {
    if (!entry.isMissingNode() && !entry.has(ServerEntry.REQUEST_TIMEOUT)) {
      problems.add(
          "mcp.servers.memory.requestTimeoutMs is not set: tools are missing from turns when the"
              + " server needs more than 1.5 s");
    }
    if (!plugin.isMissingNode()
        && !plugin.path("hooks").path("allowConversationAccess").asBoolean()) {
      problems.add(
          "plugins.entries.agentic-memory.hooks.allowConversationAccess is not true: nothing is"
              + " captured or recalled");
    }
  }

  /// The file of a command; one without a folder is looked for as a host would.
  private Path program(String command) {
    if (command.contains(File.separator)) {
      return Path.of(command);
    }
    return Stream.of(places.environment().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(Path.of(command));
  }

  /// Of the Java with this `java`, by the file that each release has beside it; a very new one
  /// where there is none.
  private static int version(Path java) {
    try {
      Path release = java.toRealPath().resolve("../../release").normalize();
      Matcher version = JAVA_VERSION.matcher(Files.readString(release));
      return version.find() ? Integer.parseInt(version.group(1)) : Integer.MAX_VALUE;
    } catch (IOException _) {
      return Integer.MAX_VALUE;
    }
  }
}
