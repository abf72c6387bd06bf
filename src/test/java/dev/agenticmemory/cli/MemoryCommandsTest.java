package dev.agenticmemory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.mcp.Tools;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
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

  @Test
  void anAtSignIsAnAtSignAndNoFile() throws IOException {
    Path file = Files.writeString(folder.resolve("secret.txt"), "hidden words --json");
    String text = "@" + file;
    run(0, "add", text, "--no-infer");
    assertThat(run(0, "list")).contains(text).doesNotContain("hidden words");
  }

  @Test
  void aSearchGoesOnAtTheCursorThatItPrinted() {
    run(0, "add", "likes green tea", "--no-infer");
    run(0, "add", "likes black tea", "--no-infer");
    String first = run(0, "search", "tea", "--top-k", "1");
    assertThat(first).contains("(More: --cursor ");
    String cursor = first.replaceAll("(?s).*--cursor (\\S+)\\).*", "$1");
    String second = run(0, "search", "tea", "--top-k", "1", "--cursor", cursor);
    assertThat(first + second).contains("green tea", "black tea");
  }

  @Test
  void whoHasOnlyShortTermMemoriesIsToldWhereTheyAre() {
    assertThat(run(0, "list")).contains("Nothing is remembered here.");
    assertThat(run(0, "runs")).contains("No run has memories.");
    run(0, "add", "one", "--run", "2026-03-23", "--no-infer");
    assertThat(run(0, "list")).contains("1 runs have memories", "list --run ID");
    assertThat(run(0, "list", "--run", "none")).contains("Nothing is remembered here.");
    assertThat(run(0, "runs")).contains("2026-03-23  1 memories");
    JsonNode run = Fixture.parsed(run(0, "runs", "--json")).path("results").path(0);
    assertThat(run.path("run_id").asText()).isEqualTo("2026-03-23");
    assertThat(run.path("memories").asInt()).isEqualTo(1);
  }

  @Test
  void whatWouldSteerATerminalIsShownAndNotDone() {
    String hostile = "red \u001b[31m \u009b2J \u202e back\tand\nforth \r";
    run(0, "add", hostile, "--no-infer");
    assertThat(run(0, "list"))
        .contains("red \\u001b[31m \\u009b2J \\u202e back\tand\nforth")
        .doesNotContain("\u001b", "\u009b", "\u202e", "\r");
    assertThat(id(run(0, "list", "--json"))).isNotEmpty();
    run(2, "get", "\u001b[31m");
    assertThat(err.toString()).contains("\\u001b[31m").doesNotContain("\u001b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete|one thing to forget",
        "delete --user alice|one thing to forget",
        "delete --all|one thing to forget",
        "add|TEXT is missing",
        "add hi --text there|--text is given, and \"hi\" as well",
        "search hi --query there|Leave one of them out",
        "get|ID is missing",
        "update x --id y|--id is given",
        "list --offset -3|--offset is -3",
        "search|QUERY is missing",
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
        Cli.of(
                "test",
                MemoryCommands.all(
                    (tool, a) -> tools.answer(Fixture.free(), tool, a),
                    _ -> fixture.engine().inspect().runs(Fixture.free(), null)))
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
