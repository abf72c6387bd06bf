package dev.agenticmemory.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenClawTest {

  private static final LocalDate DAY = LocalDate.parse("2026-03-01");

  @TempDir Path home;

  @Test
  void theOnlyAgentHasTheDefaultWorkspace() throws IOException {
    config("{agents: {defaults: {workspace: '~/desk'}, entries: {main: {}}}}");
    diary("desk");
    assertThat(withDiary()).containsExactly("main");
  }

  @Test
  void severalAgentsHaveAFolderEachInTheDefaultWorkspaceUnlessTheyNameOne() throws IOException {
    config(
        """
        // JSON5, as people write it
        {agents: {
          defaults: {workspace: "~/desk"},
          entries: {main: {}, dev: {workspace: '~/projects/dev',},},
        }}
        """);
    diary("desk/main");
    diary("projects/dev");
    assertThat(withDiary()).containsExactlyInAnyOrder("main", "dev");
  }

  @Test
  void theOlderArrayOfAgentsIsReadToo() throws IOException {
    config("{\"agents\": {\"list\": [{\"id\": \"main\", \"default\": true}, {\"id\": \"ops\"}]}}");
    diary(".openclaw/workspace-main");
    diary(".openclaw/workspace-ops");
    assertThat(withDiary()).containsExactlyInAnyOrder("main", "ops");
  }

  @Test
  void includesAndVariablesArePutIn() throws IOException {
    Files.createDirectories(home.resolve(".openclaw/parts"));
    Files.writeString(
        home.resolve(".openclaw/parts/agents.json5"), "{entries: {a: {workspace: '${DESK}/a'}}}");
    Files.writeString(
        home.resolve(".openclaw/parts/more.json5"), "{entries: {b: {workspace: '~/b'}}}");
    config(
        "{agents: {$include: ['./parts/agents.json5', './parts/more.json5'], defaults: {x: '$${DESK}'}}}");
    diary("elsewhere/a");
    diary("b");
    assertThat(withDiary()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aCircleOfIncludesIsAnErrorThatNamesTheFile() throws IOException {
    config("{$include: './openclaw.json'}");
    assertThatThrownBy(this::withDiary)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("openclaw.json")
        .hasMessageContaining("more than 10 levels");
  }

  @Test
  void withoutAConfigurationTheMainAgentIsLookedFor() throws IOException {
    diary(".openclaw/workspace");
    assertThat(withDiary()).containsExactly("main");
  }

  @Test
  void agentsComeAndGoWithoutARestart() throws IOException {
    OpenClaw openClaw = openClaw();
    assertThat(openClaw.all()).isEmpty();
    config("{agents: {entries: {main: {}, dev: {}}}}");
    assertThat(openClaw.all()).hasSize(2);
    config("{agents: {entries: {dev: {}}}}");
    assertThat(openClaw.all()).extracting(w -> w.agent().value()).containsExactly("dev");
  }

  @Test
  void aConfigurationThatCannotBeReadSaysWhichAndWhatToDo() throws IOException {
    config("{agents: ");
    assertThatThrownBy(this::withDiary)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("openclaw.json")
        .extracting(e -> ((Unavailable) e).hint())
        .asString()
        .contains("MEMORY_WORKSPACES");
  }

  @Test
  void whereTheConfigurationCannotBeReadOpenClawIsAsked() throws IOException {
    config("{agents: ");
    diary("projects/dev");
    diary("projects/ops");
    command(
        """
        cat # Its input is at its end.
        [ "$*" = "agents list --json" ] && [ "$OPENCLAW_CONFIG_PATH" = "%1$s/.openclaw/openclaw.json" ] || exit 1
        echo '[{"id":"dev","workspace":"%1$s/projects/dev","bindings":0,"isDefault":true},'
        echo '{"id":"ops","workspace":"%1$s/projects/ops"},{"id":"gone","workspace":"%1$s/gone"},{"id":"","workspace":7}]'
        """
            .formatted(home));
    assertThat(withDiary()).containsExactly("dev", "ops");
  }

  @Test
  void whereThereIsNoConfigurationOpenClawIsAsked() throws IOException {
    diary("desk");
    command("echo '[{\"id\":\"main\",\"workspace\":\"%s/desk\"}]'".formatted(home));
    assertThat(withDiary()).containsExactly("main");
  }

  @Test
  void aConfigurationThatCanBeReadIsEnough() throws IOException {
    config("{agents: {defaults: {workspace: '~/desk'}}}");
    diary("desk");
    command("touch '%s/asked'".formatted(home));
    assertThat(withDiary()).containsExactly("main");
    assertThat(home.resolve("asked")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exit 1",
        "echo 'no json'",
        "echo '[]'",
        "echo '{\"ok\": false}'",
        "echo $$ > \"$0.pid\"; exec sleep 600",
        "sleep 600 & echo $! > \"$0.pid\"; wait",
        "head -c 2000000 /dev/zero"
      })
  void whateverOpenClawDoesWithoutAnAnswerNothingWaitsForItOrFails(String script) throws Exception {
    command(script);
    diary(".openclaw/workspace");
    assertThat(withDiary()).containsExactly("main");
    config("{agents: ");
    assertThatThrownBy(this::withDiary)
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("openclaw.json");
    Path pid = home.resolve("bin/openclaw.pid");
    if (Files.exists(pid)) {
      Optional<ProcessHandle> process =
          ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
      if (process.isPresent()) {
        process.get().onExit().get();
      }
    }
  }

  private void command(String script) throws IOException {
    Path file = Files.createDirectories(home.resolve("bin")).resolve("openclaw");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void anotherLayoutHasItsOwnPatterns() throws IOException {
    Path daily = Files.createDirectories(home.resolve("vault/Daily"));
    Files.writeString(daily.resolve("Note 2026-03-01 evening.md"), "Met Bob.");
    Files.writeString(daily.resolve("2026-03-01.md"), "Not a note.");
    Workspace workspace =
        new FolderWorkspace(
            new dev.agenticmemory.domain.AgentId("me"),
            home.resolve("vault"),
            new Layout("Daily/Note YYYY-MM-DD*.md", "Index.md"));
    assertThat(workspace.entries(DAY))
        .extracting(Workspace.Entry::text)
        .containsExactly("Met Bob.");
    assertThat(workspace.notes()).isEmpty();
  }

  private List<String> withDiary() {
    return openClaw().all().stream()
        .filter(workspace -> !workspace.entries(DAY).isEmpty())
        .map(workspace -> workspace.agent().value())
        .toList();
  }

  private OpenClaw openClaw() {
    Path state = home.resolve(".openclaw");
    return new OpenClaw(
        new OpenClaw.Place(state, state.resolve("openclaw.json"), home),
        new Layout("memory/YYYY-MM-DD*.md", "MEMORY.md"),
        Map.of(
            "DESK",
            home.resolve("elsewhere").toString(),
            "PATH",
            home.resolve("bin") + ":/usr/bin:/bin"),
        Duration.ofSeconds(2));
  }

  private void config(String text) throws IOException {
    Files.createDirectories(home.resolve(".openclaw"));
    Files.writeString(home.resolve(".openclaw/openclaw.json"), text);
  }

  private void diary(String workspace) throws IOException {
    Path folder = Files.createDirectories(home.resolve(workspace).resolve("memory"));
    Files.writeString(folder.resolve("2026-03-01.md"), "### [10:00] Session x:y\n- Boss: hello\n");
  }
}
