package dev.agenticmemory.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnitTest {

  @TempDir Path folder;

  @Test
  void theServiceIsStartedByTheCommandWithItsEnvironment() {
    assertThat(new Unit(List.of("/opt/memory", "serve"), Map.of("B", "2", "A", "1")).text())
        .startsWith("[Unit]\n")
        .contains(
            "\nEnvironment=\"A=1\"\nEnvironment=\"B=2\"\nExecStart=\"/opt/memory\" \"serve\"\n")
        .doesNotContain("%h")
        .endsWith("WantedBy=default.target\n");
  }

  @Test
  void whatSystemdWouldReadIntoAPathIsEscaped() {
    assertThat(new Unit(List.of("/opt/a b/100%/$x/\"y\""), Map.of("A", "50% $x")).text())
        .contains("ExecStart=\"/opt/a b/100%%/$$x/\\\"y\\\"\"\n")
        .contains("Environment=\"A=50%% $x\"\n");
  }

  @Test
  void systemdFindsNothingWrongWithIt() throws Exception {
    Path unit = folder.resolve("agentic-memory.service");
    Files.writeString(unit, new Unit(List.of("/bin/sh", "a b", "50%"), Map.of("A", "%")).text());
    assumeThat(Path.of("/usr/bin/systemd-analyze")).isExecutable();
    Process verify =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    verify.waitFor();
    assertThat(said.lines().filter(line -> line.contains("agentic-memory"))).isEmpty();
  }
}
