package dev.agenticmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How processes end, and what they leave.
@Timeout(180) // Only where a process hangs.
final class EndOfProcessTest {

  private static final int ENDS = 10;
  private static final int FIRST_MILLIS = 1_500;
  private static final int PATIENCE_SECONDS = 60;

  /// What a process ends with that was told to by SIGTERM.
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;

  /// The model is loading in the background then, in native code.
  @Test
  void aProcessThatIsToldToEndInItsFirstSecondsEndsWithoutACrash() throws Exception {
    Files.createDirectory(folder.resolve("tmp"));
    Random random = new Random(1);
    for (int i = 0; i < ENDS; i++) {
      Process process = process("stdio", "--standalone");
      StdioSession client = new StdioSession(process);
      client.tell("notifications/initialized");
      Thread.sleep(random.nextInt(FIRST_MILLIS));
      process.toHandle().destroy(); // Its own `destroy` would end its input too.
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
    }
    assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("hs_err"));
  }

  @Test
  void aKilledProcessLeavesNoFileInTheTemporaryFolder() throws Exception {
    Files.createDirectory(folder.resolve("tmp"));
    Process process = process("stdio", "--standalone");
    StdioSession client = new StdioSession(process);
    client.add("likes tea");
    process.destroyForcibly().waitFor();
    try (Stream<Path> left = Files.walk(folder.resolve("tmp"))) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
    try (Stream<Path> kept = Files.walk(folder.resolve("data").resolve("native"))) {
      assertThat(kept.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.contains("sqlitejdbc"));
    }
  }

  @Test
  void theStoreOpensWhereItsLibraryCannotBeKept() throws Exception {
    Files.createDirectories(folder.resolve("tmp"));
    Files.createDirectories(folder.resolve("data"));
    Files.createFile(folder.resolve("data").resolve("native"));
    Process process = process("list");
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
  }

  private Process process(String... arguments) throws IOException {
    List<String> options = List.of("-Djava.io.tmpdir=" + folder.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(OwnProcess.command(options, List.of(arguments)))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("MEMORY_HOME", folder.resolve("data").toString());
    return builder.start();
  }
}
