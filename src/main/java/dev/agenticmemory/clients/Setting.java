package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One thing that is put into a host's configuration.
///
/// @param value null for one that is taken out
/// @param lines what is done, for people
record Setting(List<String> path, @Nullable JsonNode value, List<String> lines) {

  /// Our name among a host's servers.
  static final String SERVER = "memory";

  /// Of our plugin for OpenClaw.
  static final String PLUGIN = "agentic-memory";

  private static final List<String> PLUGIN_ENTRY = List.of("plugins", "entries", PLUGIN);
  private static final List<String> PLUGIN_PATHS = List.of("plugins", "load", "paths");
  private static final List<String> PLUGINS_ALLOWED = List.of("plugins", "allow");

  private static Setting put(List<String> path, JsonNode value) {
    return new Setting(path, value, List.of("+ %s = %s".formatted(name(path), Json.print(value))));
  }

  private static Setting take(List<String> path) {
    return new Setting(path, null, List.of("- " + name(path)));
  }

  private static String name(List<String> path) {
    return String.join(".", path);
  }

  /// The server's entry, with what else a person has written into the one that is there: names are
  /// said, values may be secrets.
  private static Setting server(Host host, ServerEntry entry, JsonNode present) {
    ObjectNode own = entry.json(host);
    Setting plain = put(server(host), own);
    if (ServerEntry.of(present).filter(there -> there.starts(entry)).isEmpty()) {
      return plain;
    }
    ObjectNode whole = own.deepCopy();
    List<String> lines = new ArrayList<>(plain.lines());
    keep(present, whole, "", lines);
    if (whole.get("env") instanceof ObjectNode env) {
      keep(present.path("env"), env, "env.", lines);
    }
    return new Setting(plain.path(), whole, lines);
  }

  private static void keep(JsonNode present, ObjectNode whole, String of, List<String> lines) {
    for (Map.Entry<String, JsonNode> member : present.properties()) {
      if (!whole.has(member.getKey())) {
        whole.set(member.getKey(), member.getValue());
        lines.add("  keeps " + of + member.getKey());
      }
    }
  }

  static List<String> server(Host host) {
    return switch (host) {
      case OPENCLAW -> List.of("mcp", "servers", SERVER);
      case CODEX -> List.of("mcp_servers", SERVER);
      case CLAUDE_CODE, GEMINI, CLAUDE_DESKTOP, CURSOR -> List.of("mcpServers", SERVER);
    };
  }

  static List<String> pluginMember(String... names) {
    List<String> path = new ArrayList<>(PLUGIN_ENTRY);
    path.addAll(List.of(names));
    return List.copyOf(path);
  }

  /// @param plugin the folder of our plugin for OpenClaw; null where it is not at hand
  static List<Setting> toInstall(
      Host host, ServerEntry entry, @Nullable Path plugin, ConfigText config) {
    List<Setting> settings = new ArrayList<>();
    settings.add(server(host, entry, config.at(server(host))));
    if (host == Host.OPENCLAW && plugin != null) {
      settings.add(put(PLUGIN_PATHS, with(config.at(PLUGIN_PATHS), plugin.toString())));
      settings.add(put(pluginMember("enabled"), BooleanNode.TRUE));
      settings.add(put(pluginMember("hooks", "allowConversationAccess"), BooleanNode.TRUE));
      if (config.at(PLUGINS_ALLOWED).isArray()) {
        settings.add(put(PLUGINS_ALLOWED, with(config.at(PLUGINS_ALLOWED), PLUGIN)));
      }
    }
    return settings;
  }

  /// @param ours whether the server that is there is this program
  static List<Setting> toRemove(Host host, boolean ours, @Nullable Path plugin, ConfigText config) {
    List<Setting> settings = new ArrayList<>();
    if (ours) {
      settings.add(take(server(host)));
    }
    if (host == Host.OPENCLAW) {
      settings.add(take(PLUGIN_ENTRY));
      settings.add(without(PLUGINS_ALLOWED, config, PLUGIN));
      settings.add(without(PLUGIN_PATHS, config, String.valueOf(plugin)));
    }
    return settings.stream().filter(s -> !config.at(s.path()).isMissingNode()).toList();
  }

  ConfigText in(ConfigText config) {
    return value == null ? config.remove(path) : config.put(path, value);
  }

  private static ArrayNode with(JsonNode present, String element) {
    ArrayNode all = Json.array();
    present.forEach(all::add);
    return present.valueStream().anyMatch(one -> one.asText().equals(element))
        ? all
        : all.add(element);
  }

  private static Setting without(List<String> path, ConfigText config, String element) {
    ArrayNode rest = Json.array();
    for (JsonNode one : config.at(path)) {
      if (!one.asText().equals(element)) {
        rest.add(one);
      }
    }
    return rest.isEmpty() ? take(path) : put(path, rest);
  }
}
