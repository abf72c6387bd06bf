package dev.agenticmemory.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.Unavailable;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// systemd, asked through its own commands.
public final class UserServices {

  /// What the service is called.
  public static final String NAME = "agentic-memory";

  private static final String JOURNAL_LINES = "20";

  private static final int NOT_STARTED = -1;

  /// How the service is.
  ///
  /// @param active what systemd calls it, such as `active`, `inactive`, `failed`, `activating`
  /// @param restarts how often it was started again after it had failed
  /// @param pid of its main process; 0 for none
  /// @param enabled whether it starts by itself
  public record State(String active, int restarts, long pid, boolean enabled) {

    public boolean runs() {
      return active.equals("active") && pid > 0;
    }
  }

  private record Said(int code, String text) {}

  /// Refuses a machine on which services of a user cannot be kept.
  public void requireUsable() {
    Said said = run("systemctl", "--user", "show-environment");
    if (said.code() != 0) {
      throw new Unavailable(
          "systemd does not keep services of yours here: " + said.text(),
          "Log in as yourself, not through su or sudo; or have `agentic-memory serve` started by"
              + " what this machine has.",
          null);
    }
  }

  public State state() {
    Said said =
        run(
            "systemctl",
            "--user",
            "show",
            NAME,
            "-p",
            "ActiveState,NRestarts,MainPID,UnitFileState");
    Map<String, String> values =
        said.text()
            .lines()
            .map(line -> line.split("=", 2))
            .filter(parts -> parts.length == 2)
            .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (a, _) -> a));
    return new State(
        values.getOrDefault("ActiveState", "unknown"),
        Integer.parseInt(values.getOrDefault("NRestarts", "0")),
        Long.parseLong(values.getOrDefault("MainPID", "0")),
        "enabled".equals(values.get("UnitFileState")));
  }

  /// Has its file read, and the service started: now, again where it runs, and from now on.
  public void start() {
    reload();
    require("systemctl", "--user", "enable", NAME);
    var _ = run("systemctl", "--user", "reset-failed", NAME); // Fails where nothing did.
    require("systemctl", "--user", "restart", NAME);
  }

  public void stop() {
    require("systemctl", "--user", "stop", NAME);
  }

  /// Has it start by itself no more.
  public void disable() {
    require("systemctl", "--user", "disable", NAME);
  }

  /// Has its file read again.
  public void reload() {
    require("systemctl", "--user", "daemon-reload");
  }

  /// Keeps the person's services running while nobody is logged in.
  public void linger() {
    require("loginctl", "enable-linger");
  }

  /// The last that it said.
  public String journal() {
    return run("journalctl", "--user", "-u", NAME, "-n", JOURNAL_LINES, "--no-pager", "-o", "cat")
        .text();
  }

  private static void require(String... command) {
    Said said = run(command);
    if (said.code() != 0) {
      throw new Unavailable(
          "`%s` failed: %s".formatted(String.join(" ", command), said.text()),
          "Look at `systemctl --user status %s`.".formatted(NAME),
          null);
    }
  }

  private static Said run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close(); // There is nobody to ask.
      String text = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      return new Said(process.waitFor(), text);
    } catch (IOException e) {
      return new Said(NOT_STARTED, Objects.requireNonNullElse(e.getMessage(), e.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while systemd was asked", e);
    }
  }
}
