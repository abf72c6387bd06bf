package dev.agenticmemory.clients;

import java.util.Locale;

/// A program that starts MCP servers.
public enum Host {
  OPENCLAW,
  CLAUDE_CODE,
  CODEX,
  GEMINI,
  CLAUDE_DESKTOP,
  CURSOR;

  /// As the command line names it, such as `claude-code`.
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String toString() {
    return id();
  }
}
