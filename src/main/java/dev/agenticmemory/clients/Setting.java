package dev.agenticmemory.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.agenticmemory.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that is put into a host's configuration.
///
/// @param value null for one that is taken out
record Setting(List<String> path, @Nullable JsonNode value) {

  /// Our name among a host's servers.
  static final String SERVER = "memory";

  /// Of our plugin for OpenClaw.
  static final String PLUGIN = "agentic-memory";

  private static final List<String> PLUGIN_ENTRY = List.of("plugins", "entries", PLUGIN);
  private static final List<String> PLUGIN_PATHS = List.of("plugins", "load", "paths");
  private static final List<String> PLUGINS_ALLOWED = List.of("plugins", "allow");

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
    settings.add(new Setting(server(host), entry.json(host)));
    if (host == Host.OPENCLAW && plugin != null) {
      settings.add(new Setting(PLUGIN_PATHS, with(config.at(PLUGIN_PATHS), plugin.toString())));
      settings.add(new Setting(pluginMember("enabled"), BooleanNode.TRUE));
      settings.add(new Setting(pluginMember("hooks", "allowConversationAccess"), BooleanNode.TRUE));
      if (config.at(PLUGINS_ALLOWED).isArray()) {
        settings.add(new Setting(PLUGINS_ALLOWED, with(config.at(PLUGINS_ALLOWED), PLUGIN)));
      }
    }
    return settings;
  }

  static List<Setting> toRemove(Host host, @Nullable Path plugin, ConfigText config) {
    List<Setting> settings = new ArrayList<>();
    settings.add(new Setting(server(host), null));
    if (host == Host.OPENCLAW) {
      settings.add(new Setting(PLUGIN_ENTRY, null));
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
    return new Setting(path, rest.isEmpty() ? null : rest);
  }
}
