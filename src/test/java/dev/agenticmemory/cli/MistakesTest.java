package dev.agenticmemory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.Fixture;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import dev.agenticmemory.transfer.Export;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// Everyday mistakes at the command line: a line that says what is wrong, and no stack trace.
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class MistakesTest {

  @TempDir Path folder;
  private MemoryStore store;
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void open() {
    store = new SqliteStore(folder.resolve("memory.db"), new HashEmbedder(64).space());
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aFolderIsNoFileOfMemories() {
    refuse("import", folder.toString());
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            folder + " is a folder.\nName a file, or pass --from markdown.\n");
  }

  @Test
  void anExportNeedsAFolderThatIsThere() throws Exception {
    refuse("export", folder.resolve("none/x.jsonl").toString());
    assertThat(err.toString()).contains("there is no folder " + folder.resolve("none"));
    Path file = Files.createFile(folder.resolve("file"));
    refuse("export", file.resolve("x.jsonl").toString());
    assertThat(err.toString()).contains("cannot be written: ").doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--calls=-1", "--calls=0", "--sizes=-5", "--starts=-1"})
  void aBenchmarkOfLessThanNothingIsRefused(String option) {
    refuse("bench", option);
    assertThat(err.toString())
        .contains(" or more.")
        .containsPattern("^--\\w+ is -?\\d+\\.\\R.*\\R$");
  }

  private void refuse(String... arguments) {
    err.getBuffer().setLength(0);
    List<Object> commands =
        List.of(
            new ImportCommand(
                () -> {
                  throw new AssertionError("Nothing was read");
                },
                Fixture.free(),
                Clock.systemUTC()),
            new ExportCommand(
                () -> new Export(store.contents()), Fixture.free(), Clock.systemUTC()),
            new BenchCommand(
                List.of(),
                List.of(),
                _ -> {
                  throw new AssertionError("Nothing is measured");
                }));
    CommandLine commandLine = Cli.of("test", commands).setErr(new PrintWriter(err));
    assertThat(commandLine.execute(arguments)).as(err.toString()).isEqualTo(2);
  }
}
