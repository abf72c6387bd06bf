package dev.agenticmemory.clients;

import java.nio.file.Path;
import java.util.Map;

/// Where the hosts of one person keep their configuration.
///
/// @param home the person's home folder
/// @param openClaw OpenClaw's configuration, which our own settings name too
/// @param environment for the variables by which hosts let it be moved
/// @param mac whether this is macOS
public record Places(Path home, Path openClaw, Map<String, String> environment, boolean mac) {

  public Path config(Host host) {
    return switch (host) {
      case OPENCLAW -> openClaw;
      case CLAUDE_CODE -> folder("CLAUDE_CONFIG_DIR", home).resolve(".claude.json");
      case CODEX -> folder("CODEX_HOME", home.resolve(".codex")).resolve("config.toml");
      case GEMINI -> home.resolve(".gemini/settings.json");
      case CLAUDE_DESKTOP -> claudeDesktop().resolve("claude_desktop_config.json");
      case CURSOR -> home.resolve(".cursor/mcp.json");
    };
  }

  /// Where systemd looks for a service of the person.
  public Path userUnit(String name) {
    return xdgConfig().resolve("systemd/user").resolve(name + ".service");
  }

  private Path claudeDesktop() {
    return mac ? home.resolve("Library/Application Support/Claude") : xdgConfig().resolve("Claude");
  }

  private Path xdgConfig() {
    return folder("XDG_CONFIG_HOME", home.resolve(".config"));
  }

  private Path folder(String variable, Path usual) {
    String text = environment.getOrDefault(variable, "");
    if (text.isBlank()) {
      return usual;
    }
    return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
  }
}
