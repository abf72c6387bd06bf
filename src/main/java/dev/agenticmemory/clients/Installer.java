package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts this program into hosts' configurations, and takes it out again.
public final class Installer {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Places places;
  private final @Nullable Path plugin;
  private final Clock clock;

  /// @param plugin the folder of the plugin for OpenClaw; null where it is not at hand
  public Installer(Places places, @Nullable Path plugin, Clock clock) {
    this.places = places;
    this.plugin = plugin;
    this.clock = clock;
  }

  /// What makes `host` start the server by `entry`. Throws `Conflict` where another program's
  /// server has our name, unless that is to be replaced.
  public Plan toInstall(Host host, ServerEntry entry, boolean replace) {
    Plan plan = plan(host, entry, config -> Setting.toInstall(host, entry, plugin, config));
    if (plan.foreign().isPresent() && !replace) {
      throw new Conflict(
          "%s has another server under the name %s: %s"
              .formatted(plan.file(), Setting.SERVER, plan.foreign().get()),
          "Give that one another name there, or pass --replace, which takes its place.");
    }
    return plan;
  }

  /// What takes the server, and the plugin, out of the host's configuration. Another program's
  /// server stays.
  ///
  /// @param entry by which this program would be started
  public Plan toRemove(Host host, ServerEntry entry) {
    return plan(
        host,
        entry,
        config -> {
          boolean ours = foreign(host, entry, config).isEmpty();
          return Setting.toRemove(host, ours, plugin, config);
        });
  }

  /// What starts the server under our name where that is not this program; its address for one that
  /// is not started.
  private static Optional<String> foreign(Host host, ServerEntry own, ConfigText config) {
    JsonNode present = config.at(Setting.server(host));
    Optional<ServerEntry> entry = ServerEntry.of(present);
    if (present.isMissingNode() || entry.filter(there -> there.starts(own)).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        entry
            .map(there -> String.join(" ", there.command()))
            .orElseGet(() -> present.path("url").asText(Json.print(present))));
  }

  /// The entry that the host has for the server now; empty for none, and for one by address.
  public Optional<ServerEntry> entry(Host host) {
    return ServerEntry.of(read(host).at(Setting.server(host)));
  }

  private interface Settings {
    List<Setting> of(ConfigText config);
  }

  private Plan plan(Host host, ServerEntry own, Settings wanted) {
    Path file = places.config(host);
    ConfigText before = read(host);
    try {
      List<Setting> settings = wanted.of(before);
      ConfigText after = before;
      for (Setting setting : settings) {
        boolean there = setting.value() != null && after.at(setting.path()).equals(setting.value());
        after = there ? after : setting.in(after);
      }
      List<String> changes = settings.stream().flatMap(s -> s.lines().stream()).toList();
      Optional<String> foreign = foreign(host, own, before);
      return new Plan(host, file, before.text(), after.text(), changes, foreign);
    } catch (UneditableConfig e) {
      throw new InvalidInput(
          file.toString(),
          "cannot be edited: " + e.getMessage(),
          "Write the entry by hand; mcp-config.example.json shows it.");
    }
  }

  private ConfigText read(Host host) {
    return ConfigText.read(host, places.config(host));
  }

  /// Writes what was planned, and keeps what was there.
  ///
  /// @return the copy of the file as it was; empty where there was none
  public Optional<Path> apply(Plan plan) {
    Path file = plan.file();
    try {
      if (!ConfigText.text(file).equals(plan.before())) {
        throw new Unavailable(
            "%s has been changed in the meantime".formatted(file), "Try again.", null);
      }
      Optional<Path> backup = Optional.empty();
      if (Files.exists(file)) {
        Path copy =
            file.resolveSibling(file.getFileName() + ".backup-" + STAMP.format(clock.instant()));
        Files.copy(
            file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        backup = Optional.of(copy);
      }
      WholeFile.write(file, plan.after());
      return backup;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /// Undoes [#apply].
  public void revert(Plan plan) {
    try {
      if (plan.before().isEmpty()) {
        Files.deleteIfExists(plan.file());
      } else {
        WholeFile.write(plan.file(), plan.before());
      }
    } catch (IOException e) {
      throw unwritable(plan.file(), e);
    }
  }

  private static Unavailable unwritable(Path file, IOException e) {
    return new Unavailable(
        "%s cannot be written: %s".formatted(file, e), "Look at its permissions.", e);
  }
}
