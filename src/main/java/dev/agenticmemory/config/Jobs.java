package dev.agenticmemory.config;

import dev.agenticmemory.cron.Cron;
import dev.agenticmemory.domain.AgentId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is done by itself, when, and on whose files.
///
/// @param openClaw `OPENCLAW_STATE_DIR`, else `OPENCLAW_BASE`, else `OPENCLAW_HOME` (or `.openclaw`
///   in it), else `~/.openclaw`, or `~/.openclaw-NAME` with `OPENCLAW_PROFILE`: OpenClaw's data
///   folder
/// @param openClawConfig `OPENCLAW_CONFIG_PATH`, else `openclaw.json` in that folder
/// @param userHome what `~` means
/// @param workspaces `MEMORY_WORKSPACES`: folders by agent, as `main=~/notes; dev=~/dev`, in place
///   of OpenClaw's; empty for OpenClaw's
/// @param diary `MEMORY_DIARY`: where in a workspace diaries are. Default `memory/YYYY-MM-DD*.md`
/// @param notes `MEMORY_NOTES`: where in a workspace lasting notes are. Default `MEMORY.md`
/// @param archiveAfterDays `ARCHIVE_AFTER_DAYS`: how old a short-term memory gets. Default 7
/// @param digest `DIGEST_CRON`: `off`, or five fields, in UTC. Default every 15 minutes
/// @param sync `SYNC_CRON`. Default 01:00
/// @param dream `DREAM_CRON`. Default 02:00
/// @param where `MEMORY_JOBS`: in which processes they run
public record Jobs(
    Path openClaw,
    Path openClawConfig,
    Path userHome,
    Map<AgentId, Path> workspaces,
    String diary,
    String notes,
    int archiveAfterDays,
    String digest,
    String sync,
    String dream,
    Where where) {

  /// In which processes jobs run at their times.
  public enum Where {
    /// In `agentic-memory serve`.
    SERVE,
    /// In `serve`, and in each server that a client starts.
    STDIO,
    /// Nowhere: by hand alone.
    OFF
  }

  /// A job that runs by hand alone.
  public static final String NEVER = "off";

  private static final int ARCHIVE_AFTER_DAYS = 7;
  private static final int ARCHIVE_AFTER_DAYS_MAX = 3_650;
  private static final String CONFIG = "openclaw.json";

  public Jobs {
    workspaces = Map.copyOf(workspaces);
  }

  static Jobs read(Config.Reader in, Path userHome) {
    Path openClaw = openClaw(in, userHome);
    return new Jobs(
        openClaw,
        in.read(
            "OPENCLAW_CONFIG_PATH",
            openClaw.resolve(CONFIG),
            t -> Config.Reader.folder(t, userHome)),
        userHome,
        in.read("MEMORY_WORKSPACES", Map.of(), text -> workspaces(text, userHome)),
        in.text("MEMORY_DIARY", "memory/YYYY-MM-DD*.md"),
        in.text("MEMORY_NOTES", "MEMORY.md"),
        in.number("ARCHIVE_AFTER_DAYS", ARCHIVE_AFTER_DAYS, 1, ARCHIVE_AFTER_DAYS_MAX),
        in.read("DIGEST_CRON", "*/15 * * * *", Jobs::time),
        in.read("SYNC_CRON", "0 1 * * *", Jobs::time),
        in.read("DREAM_CRON", "0 2 * * *", Jobs::time),
        in.read("MEMORY_JOBS", Where.SERVE, Config.Reader.one(Where.values(), Enum::name)));
  }

  /// Looked at only where it is set: a client's process need not load what reads it.
  private static String time(String text) {
    return text.equalsIgnoreCase(NEVER) ? NEVER : Cron.parse(text).toString();
  }

  private static Path openClaw(Config.Reader in, Path userHome) {
    String profile = in.text("OPENCLAW_PROFILE", "");
    String name =
        profile.isEmpty() || profile.equals("default") ? ".openclaw" : ".openclaw-" + profile;
    Path usual = userHome.resolve(name);
    Path home =
        in.read("OPENCLAW_HOME", usual, text -> inHome(Config.Reader.folder(text, userHome), name));
    Path base = in.read("OPENCLAW_BASE", home, text -> Config.Reader.folder(text, userHome));
    return in.read("OPENCLAW_STATE_DIR", base, text -> Config.Reader.folder(text, userHome));
  }

  /// OpenClaw means the folder above its data by this name, older memory services the data.
  private static Path inHome(Path home, String name) {
    Path below = home.resolve(name);
    return Files.isDirectory(below) ? below : home;
  }

  private static Map<AgentId, Path> workspaces(String text, Path userHome) {
    Map<AgentId, Path> folders = new LinkedHashMap<>();
    for (String one : text.split(";", -1)) {
      if (one.isBlank()) {
        continue;
      }
      int equals = one.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "is \"%s\"; pass agent=folder; agent=folder".formatted(text));
      }
      folders.put(
          new AgentId(one.substring(0, equals).strip()),
          Config.Reader.folder(one.substring(equals + 1).strip(), userHome));
    }
    return folders;
  }
}
