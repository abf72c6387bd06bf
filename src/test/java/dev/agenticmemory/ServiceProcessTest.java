package dev.agenticmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `agentic-memory install service`, with a `systemctl` that starts what the unit says, as systemd
/// would: the real one needs a session of its own.
@Timeout(180) // Only where a process hangs.
final class ServiceProcessTest {

  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      here=${0%/*}
      unit=$XDG_CONFIG_HOME/systemd/user/agentic-memory.service
      echo "$*" >>"$here/calls"
      stop() {
          [ ! -f "$here/pid" ] || kill "$(cat "$here/pid")" 2>/dev/null
          while kill -0 "$(cat "$here/pid" 2>/dev/null)" 2>/dev/null; do sleep 0.1; done
          rm -f "$here/pid"
      }
      start() {
          environment=$(sed -n 's/%%/%/g; s/^Environment=//p' "$unit" | tr '\\n' ' ')
          command=$(sed -n 's/%%/%/g; s/\\$\\$/\\\\$/g; s/^ExecStart=//p' "$unit")
          eval "exec env -i HOME=\\"$HOME\\" PATH=/usr/bin:/bin $environment $command" \\
              >"$here/journal" 2>&1 </dev/null &
          echo $! >"$here/pid"
      }
      case $2 in
      show)
          active=inactive pid=0
          if [ -f "$here/pid" ]; then
              pid=$(cat "$here/pid")
              if kill -0 "$pid" 2>/dev/null; then active=active; else active=failed pid=0; fi
          fi
          enabled=disabled
          [ ! -f "$here/enabled" ] || enabled=enabled
          printf '%s\\n' "ActiveState=$active" NRestarts=0 "MainPID=$pid" "UnitFileState=$enabled"
          ;;
      restart) stop; start ;;
      stop) stop ;;
      enable)
          [ ! -f "$here/refuses" ] || { echo refused; exit 1; }
          touch "$here/enabled"
          ;;
      disable) rm -f "$here/enabled" ;;
      esac
      """;

  @TempDir Path folder;

  private int port;

  private record Ended(int code, String said) {}

  @BeforeEach
  void fakeSystemd() throws IOException {
    script("systemctl", SYSTEMCTL);
    script("loginctl", "#!/bin/sh\necho \"$*\" >>\"${0%/*}/calls\"\n");
    script("journalctl", "#!/bin/sh\ncat \"${0%/*}/journal\"\n");
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void end() throws Exception {
    assertThat(install("", "--remove").code()).isEqualTo(0);
  }

  @Test
  void itIsAskedForWrittenStartedAndFoundHealthy() throws Exception {
    Ended ended = install("%d\n \n\nyes\nn\n".formatted(port));
    assertThat(ended.said())
        .contains("+ SERVICE_PORT=" + port)
        .contains("Healthy at http://127.0.0.1:%d: store ok, language_model none".formatted(port));
    assertThat(ended.code()).isEqualTo(0);
    assertThat(env()).hasContent("SERVICE_PORT=" + port);
    assertThat(Files.getPosixFilePermissions(env()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(unit()).content().contains("\"serve\"", "\"MEMORY_HOME=" + home() + '"');
    assertThat(calls()).contains("--user enable agentic-memory").doesNotContain("enable-linger");
  }

  @Test
  void saidAgainItStartsWhatIsNewAndRemovedItIsGone() throws Exception {
    assertThat(installed()).isEqualTo(0);
    Ended again = install("", "--yes");
    assertThat(again.code()).isEqualTo(0);
    assertThat(again.said()).contains("is as it should be", "Started again", "Healthy");
    assertThat(install("", "--remove").said()).contains("Ended and removed");
    assertThat(unit()).doesNotExist();
    assertThat(env()).exists();
    assertThat(calls()).last().isEqualTo("--user daemon-reload");
  }

  @Test
  void whereItDoesNotStartAllIsAsBeforeAndItsLastWordsAreShown() throws Exception {
    assertThat(installed()).isEqualTo(0);
    String before = Files.readString(env());
    Ended ended = install("\n\n\ny\nn\n", Map.of("SERVICE_HOST", "0.0.0.0"));
    assertThat(ended.code()).isEqualTo(75);
    assertThat(ended.said()).contains("lets other machines in", "all is as before");
    assertThat(env()).hasContent(before);
    assertThat(install("", "--yes").said()).contains("Healthy");
  }

  @Test
  void whereSystemdRefusesNothingIsLeftBehind() throws Exception {
    Files.createFile(folder.resolve("bin/refuses"));
    Ended ended = install("%d\n\n\ny\nn\n".formatted(port));
    assertThat(ended.code()).isEqualTo(75);
    assertThat(ended.said()).contains("refused", "all is as before");
    assertThat(env()).doesNotExist();
    assertThat(unit()).doesNotExist();
  }

  @Test
  void anotherProgramAtTheNewPortIsNotTakenForIt() throws Exception {
    assertThat(installed()).isEqualTo(0);
    try (ServerSocket other = new ServerSocket(0)) {
      Thread.ofVirtual().start(() -> answer(other));
      Ended ended = install("%d\n\n\ny\nn\n".formatted(other.getLocalPort()));
      assertThat(ended.code()).isEqualTo(4);
      assertThat(env()).hasContent("SERVICE_PORT=" + port);
    }
  }

  /// As any web server would.
  private static void answer(ServerSocket server) {
    try {
      while (true) {
        try (Socket client = server.accept()) {
          var _ = client.getInputStream().read(new byte[1024]);
          client
              .getOutputStream()
              .write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
                      .getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  @Test
  void aWrongAnswerChangesNothing() throws Exception {
    Ended ended = install("99999\n\n\ny\nn\n");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.said()).contains("SERVICE_PORT");
    assertThat(env()).doesNotExist();
    assertThat(unit()).doesNotExist();
  }

  @Test
  void whereNobodyAnswersNothingIsDone() throws Exception {
    Ended ended = install("");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.said()).contains("--yes");
    assertThat(unit()).doesNotExist();
  }

  @Test
  void keysOfThisShellAreWrittenForTheServiceAndNotShown() throws Exception {
    Map<String, String> shell =
        Map.of("LLM_MODEL", "tiny", "LLM_BASE_URL", "http://127.0.0.1:9/v1", "LLM_API_KEY", "k3y");
    Ended ended = install("%d\n\n\n\ny\nn\n".formatted(port), shell);
    assertThat(ended.code()).isEqualTo(0);
    assertThat(ended.said()).contains("language_model configured").doesNotContain("k3y");
    assertThat(env()).content().contains("LLM_API_KEY=k3y", "LLM_MODEL=tiny");
  }

  @Test
  void aPortThatIsTakenIsRefused() throws Exception {
    assertThat(installed()).isEqualTo(0);
    Path pid = folder.resolve("bin/pid");
    Path kept = Files.move(pid, folder.resolve("pid")); // As if somebody else had started it.
    try {
      Ended ended = install("", "--yes");
      assertThat(ended.code()).isEqualTo(4);
      assertThat(ended.said()).contains("answers at", "SERVICE_PORT");
    } finally {
      Files.move(kept, pid);
    }
  }

  private int installed() throws Exception {
    return install("%d\n\n\ny\ny\n".formatted(port)).code();
  }

  private Ended install(String answers, String... options) throws Exception {
    return install(answers, Map.of(), options);
  }

  private Ended install(String answers, Map<String, String> shell, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("install", "service"));
    arguments.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(OwnProcess.command(arguments)).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("config").toString());
    builder.environment().put("MEMORY_HOME", home().toString());
    builder.environment().putAll(shell);
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(answers.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  private Path home() {
    return folder.resolve("the data");
  }

  private Path env() {
    return home().resolve(".env");
  }

  private Path unit() {
    return folder.resolve("config/systemd/user/agentic-memory.service");
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("bin/calls"));
  }

  private void script(String name, String text) throws IOException {
    Path file = folder.resolve("bin").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
