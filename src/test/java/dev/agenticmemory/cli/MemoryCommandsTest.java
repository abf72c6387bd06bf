package dev.agenticmemory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.mcp.Tools;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class MemoryCommandsTest {

  @TempDir Path folder;
  private Fixture fixture;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void open() {
    fixture = new Fixture(folder);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatWasAddedIsFoundListedShownChangedAndDeleted() {
    String id = id(run(0, "add", "likes green tea", "--no-infer", "--json"));
    assertThat(run(0, "search", "green tea")).contains("likes green tea", id);
    assertThat(run(0, "list")).contains(id);
    assertThat(run(0, "get", id)).contains("likes green tea");
    assertThat(run(0, "update", id, "--text", "likes coffee")).contains("likes coffee");
    assertThat(run(0, "history", id)).contains("ADD", "UPDATE", "- likes green tea");
    assertThat(run(0, "delete", id)).contains("Forgotten: 1");
    assertThat(run(3, "get", id)).isEmpty();
    assertThat(err.toString()).contains("No memory with id " + id, "list_memories");
  }

  @Test
  void theOptionsOfTheOlderCommandLineWork() {
    String id =
        id(
            run(
                0,
                "add",
                "--user",
                "me",
                "--agent",
                "a1",
                "--run",
                "2026-03-23",
                "--text",
                "a discussion",
                "--metadata",
                "{\"k\":1}",
                "--json"));
    assertThat(
            run(
                0,
                "search",
                "--user",
                "me",
                "--agent",
                "a1",
                "--run",
                "2026-03-23",
                "--query",
                "discussion",
                "--top-k",
                "3",
                "--min-score",
                "0.1"))
        .contains(id);
    assertThat(
            run(0, "list", "--user", "me", "--run", "2026-03-23", "--limit", "5", "--offset", "0"))
        .contains(id);
    assertThat(run(0, "list", "--user", "me", "--run", "2026-03-23", "--offset", "5"))
        .contains("No more");
    assertThat(run(0, "get", "--id", id)).contains("a discussion");
    assertThat(
            run(
                0,
                "search",
                "--user",
                "me",
                "--combined",
                "--recent-days",
                "365",
                "--query",
                "discussion"))
        .contains(id);
    assertThat(run(0, "delete", "--id", id)).contains("1");
  }

  @Test
  void messagesAreAConversation() {
    run(
        0,
        "add",
        "--no-infer",
        "--messages",
        "[{\"role\":\"user\",\"content\":\"one\"},{\"role\":\"assistant\",\"content\":\"two\"}]");
    assertThat(run(0, "list")).contains("one", "two");
  }

  @Test
  void aRunIsCountedBeforeItIsDeleted() {
    run(0, "add", "one", "--run", "r", "--no-infer");
    assertThat(run(0, "delete", "--run", "r", "--dry-run")).contains("Would forget: 1");
    assertThat(run(0, "delete", "--run", "r")).contains("Forgotten: 1");
    assertThat(run(0, "delete", "--run", "r")).contains("Forgotten: 0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete|one thing to forget",
        "delete --user alice|one thing to forget",
        "delete --all|one thing to forget",
        "add|both missing",
        "search|query is missing",
        "search x --top-k 0|1 to 100",
        "search x --filters {|--filters is not JSON",
        "get x|not an id",
        "list --limit 1000|1 to 100"
      })
  void aWrongCallExitsWithTwoAndSaysWhatToDo(String line, String part) {
    run(2, line.split(" ", -1));
    assertThat(err.toString()).contains(part);
  }

  private String run(int expected, String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Tools tools = new Tools(fixture::engine);
    CommandLine commandLine =
        Cli.of("test", MemoryCommands.all((tool, a) -> tools.answer(Fixture.free(), tool, a)))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    assertThat(commandLine.execute(arguments)).as("%s%s", out, err).isEqualTo(expected);
    return out.toString();
  }

  private static String id(String json) {
    JsonNode answer = Fixture.parsed(json);
    return answer.path("results").path(0).path("id").asText();
  }
}
