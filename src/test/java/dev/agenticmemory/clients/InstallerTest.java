package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class InstallerTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-22T12:00:00Z"), ZoneOffset.UTC);

  private static final ServerEntry OTHER =
      new ServerEntry(
          List.of("npx", "-y", "@modelcontextprotocol/server-memory"),
          Map.of("MEMORY_FILE_PATH", "/mine"));

  @TempDir Path home;
  private Places places;
  private Installer installer;
  private ServerEntry entry;

  @BeforeEach
  void atHome() {
    places = new Places(home, home.resolve(".openclaw/openclaw.json"), Map.of(), false);
    installer = new Installer(places, home.resolve("openclaw-plugin"), NOON);
    entry =
        new ServerEntry(
            List.of(home.resolve("agentic-memory").toString(), "stdio"),
            Map.of("LC_ALL", "C.UTF-8"));
  }

  @ParameterizedTest
  @EnumSource
  void aHostWithoutAConfigurationGetsOneAndLosesItsEntryAgain(Host host) {
    Plan plan = installer.toInstall(host, entry, false);
    assertThat(installer.apply(plan)).isEmpty();
    assertThat(installer.entry(host)).contains(entry);
    assertThat(installer.toInstall(host, entry, false).changesNothing()).isTrue();
    installer.apply(installer.toRemove(host, entry));
    assertThat(installer.entry(host)).isEmpty();
    assertThat(installer.toRemove(host, entry).changesNothing()).isTrue();
  }

  @Test
  void openClawGetsThePluginWithItsPermissionToo() throws IOException {
    Path file = places.config(Host.OPENCLAW);
    Files.createDirectories(file.getParent());
    String before =
        """
        {
          // my agents
          agents: { entries: { main: {} } },
          plugins: {
            allow: ["telegram"],
            load: { paths: ["/mine"] },
          },
        }
        """;
    Files.writeString(file, before);
    Plan plan = installer.toInstall(Host.OPENCLAW, entry, false);
    assertThat(installer.apply(plan))
        .hasValueSatisfying(copy -> assertThat(copy).hasContent(before));
    JsonNode config = new JsonText(Files.readString(file)).tree();
    assertThat(config.at("/mcp/servers/memory/requestTimeoutMs").asInt()).isEqualTo(60_000);
    assertThat(config.at("/plugins/entries/agentic-memory/enabled").asBoolean()).isTrue();
    assertThat(
            config.at("/plugins/entries/agentic-memory/hooks/allowConversationAccess").asBoolean())
        .isTrue();
    assertThat(config.at("/plugins/load/paths").valueStream().map(JsonNode::asText))
        .containsExactly("/mine", home.resolve("openclaw-plugin").toString());
    assertThat(config.at("/plugins/allow").valueStream().map(JsonNode::asText))
        .containsExactly("telegram", "agentic-memory");

    installer.apply(installer.toRemove(Host.OPENCLAW, entry));
    assertThat(new JsonText(Files.readString(file)).tree()).isEqualTo(new JsonText(before).tree());
    assertThat(Files.readString(file)).contains("// my agents");
  }

  @ParameterizedTest
  @EnumSource
  void anotherProgramUnderOurNameIsNamedAndStays(Host host) {
    installer.apply(installer.toInstall(host, OTHER, true));
    assertThatThrownBy(() -> installer.toInstall(host, entry, false))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining(places.config(host).toString())
        .hasMessageEndingWith("npx -y @modelcontextprotocol/server-memory")
        .extracting(e -> ((Conflict) e).hint())
        .asString()
        .contains("--replace");
    Plan removal = installer.toRemove(host, entry);
    assertThat(removal.foreign()).contains("npx -y @modelcontextprotocol/server-memory");
    installer.apply(removal);
    assertThat(installer.entry(host)).contains(OTHER);
  }

  @ParameterizedTest
  @EnumSource
  void anotherProgramIsReplacedWhereThatIsAsked(Host host) {
    installer.apply(installer.toInstall(host, OTHER, true));
    installer.apply(installer.toInstall(host, entry, true));
    assertThat(installer.entry(host)).contains(entry);
  }

  @Test
  void anAddressUnderOurNameIsNamedAndStays() throws IOException {
    Files.writeString(
        places.config(Host.CLAUDE_CODE),
        "{\"mcpServers\":{\"memory\":{\"type\":\"http\",\"url\":\"http://127.0.0.1:9/mcp\"}}}");
    assertThatThrownBy(() -> installer.toInstall(Host.CLAUDE_CODE, entry, false))
        .isInstanceOf(Conflict.class)
        .hasMessageEndingWith("http://127.0.0.1:9/mcp");
    assertThat(installer.toRemove(Host.CLAUDE_CODE, entry).changesNothing()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whatAPersonAddedToOurEntryStaysAndIsNamedWithoutItsValue(Host host) {
    ServerEntry moved =
        new ServerEntry(
            List.of("/old/agentic-memory", "stdio"),
            Map.of("LC_ALL", "C.UTF-8", "LLM_API_KEY", "sk-mine"));
    installer.apply(installer.toInstall(host, moved, false));
    Plan plan = installer.toInstall(host, entry, false);
    installer.apply(plan);
    assertThat(installer.entry(host)).contains(new ServerEntry(entry.command(), moved.env()));
    assertThat(plan.changes()).contains("  keeps env.LLM_API_KEY");
    assertThat(plan.changes().toString()).doesNotContain("sk-mine");
    assertThat(installer.toInstall(host, entry, false).changesNothing()).isTrue();
  }

  @Test
  void otherMembersOfOurEntryStayToo() throws IOException {
    Files.createDirectories(places.config(Host.CODEX).getParent());
    Files.writeString(
        places.config(Host.CODEX),
        "[mcp_servers.memory]\ncommand = \"agentic-memory\"\nstartup_timeout_sec = 90\n");
    Plan plan = installer.toInstall(Host.CODEX, entry, false);
    assertThat(plan.changes()).contains("  keeps startup_timeout_sec");
    assertThat(plan.after()).contains("startup_timeout_sec = 90");
  }

  @Test
  void aFileKeepsItsPermissionsAndItsLink() throws IOException {
    Path real = Files.writeString(home.resolve("real.json"), "{}");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Files.createSymbolicLink(places.config(Host.CLAUDE_CODE), real);
    installer.apply(installer.toInstall(Host.CLAUDE_CODE, entry, false));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
    assertThat(places.config(Host.CLAUDE_CODE)).isSymbolicLink();
    assertThat(Files.readString(real)).contains("agentic-memory");
  }

  @Test
  void aPlanIsUndoneByteForByte() throws IOException {
    Path file = places.config(Host.CLAUDE_CODE);
    Files.writeString(file, "{ \"a\":1 }");
    Plan plan = installer.toInstall(Host.CLAUDE_CODE, entry, false);
    installer.apply(plan);
    installer.revert(plan);
    assertThat(file).hasContent("{ \"a\":1 }");
  }

  @Test
  void aFileThatChangedInTheMeantimeIsNotOverwritten() throws IOException {
    Plan plan = installer.toInstall(Host.CLAUDE_CODE, entry, false);
    Files.writeString(places.config(Host.CLAUDE_CODE), "{\"b\":1}");
    assertThatThrownBy(() -> installer.apply(plan)).isInstanceOf(Unavailable.class);
  }

  @Test
  void aFileThatCannotBeReadIsLeftAloneAndNamed() throws IOException {
    Files.writeString(places.config(Host.CLAUDE_CODE), "{ broken");
    assertThatThrownBy(() -> installer.toInstall(Host.CLAUDE_CODE, entry, false))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(".claude.json");
  }

  @Test
  void variablesMoveTheFiles() {
    Places moved =
        new Places(
            home,
            home.resolve(".openclaw/openclaw.json"),
            Map.of("CODEX_HOME", "~/codex", "CLAUDE_CONFIG_DIR", "/cc"),
            true);
    assertThat(moved.config(Host.CODEX)).isEqualTo(home.resolve("codex/config.toml"));
    assertThat(moved.config(Host.CLAUDE_CODE)).isEqualTo(Path.of("/cc/.claude.json"));
    assertThat(moved.config(Host.CLAUDE_DESKTOP).toString()).contains("Application Support");
  }
}
