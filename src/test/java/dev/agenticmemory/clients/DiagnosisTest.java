package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiagnosisTest {

  @TempDir Path home;
  private Path launcher;

  @BeforeEach
  void withALauncher() throws IOException {
    launcher = executable(home.resolve("agentic-memory"));
  }

  @Test
  void whoStartsNothingIsNotMentioned() throws IOException {
    write(Host.CLAUDE_CODE, "{\"mcpServers\":{\"other\":{\"command\":\"x\"}}}");
    assertThat(diagnosis()).isEmpty();
  }

  @Test
  void anotherProgramUnderOurNameIsNotMentioned() throws IOException {
    write(Host.CURSOR, "{\"mcpServers\":{\"memory\":{\"command\":\"/gone/npx\"}}}");
    assertThat(diagnosis()).isEmpty();
  }

  @Test
  void whatTheInstallerWritesIsFine() {
    Installer installer =
        new Installer(places(), home.resolve("plugin"), java.time.Clock.systemUTC());
    ServerEntry entry = new ServerEntry(List.of(launcher.toString(), "stdio"), Map.of());
    for (Host host : Host.values()) {
      installer.apply(installer.toInstall(host, entry, false));
    }
    assertThat(diagnosis()).extracting(Diagnosis.Connected::host).containsExactly(Host.values());
    assertThat(diagnosis()).allSatisfy(c -> assertThat(c.problems()).isEmpty());
  }

  @Test
  void openClawWithoutPatienceOrAccessIsTold() throws IOException {
    write(
        Host.OPENCLAW,
        "{mcp:{servers:{memory:{command:'%s'}}},plugins:{entries:{'agentic-memory':{enabled:true}}}}"
            .formatted(launcher));
    assertThat(problems())
        .satisfiesExactly(
            p -> assertThat(p).contains("requestTimeoutMs"),
            p -> assertThat(p).contains("allowConversationAccess"));
  }

  @Test
  void aLauncherThatIsGoneIsTold() throws IOException {
    write(Host.CURSOR, "{\"mcpServers\":{\"memory\":{\"command\":\"/gone/agentic-memory\"}}}");
    assertThat(problems()).singleElement().asString().contains("/gone/agentic-memory");
  }

  @Test
  void anOldJavaIsTold() throws IOException {
    Path java = executable(home.resolve("jdk/bin/java"));
    Files.writeString(home.resolve("jdk/release"), "JAVA_VERSION=\"17.0.2\"\n");
    write(
        Host.GEMINI,
        "{\"mcpServers\":{\"memory\":{\"command\":\"%s\",\"args\":[\"dev.agenticmemory.Main\"]}}}"
            .formatted(java));
    assertThat(problems()).singleElement().asString().contains("Java 17");
  }

  @Test
  void anotherDataFolderIsTold() throws IOException {
    write(
        Host.CODEX,
        "[mcp_servers.memory]\ncommand = \"%s\"\nenv = { MEMORY_HOME = \"/other\" }\n"
            .formatted(launcher));
    assertThat(problems()).singleElement().asString().contains("/other");
  }

  @Test
  void aBrokenFileIsToldAndTheOthersAreLookedAt() throws IOException {
    write(Host.OPENCLAW, "{ broken");
    write(Host.CURSOR, "{\"mcpServers\":{\"memory\":{\"command\":\"%s\"}}}".formatted(launcher));
    assertThat(diagnosis()).hasSize(2);
    assertThat(problems()).singleElement().asString().contains("openclaw.json cannot be read");
  }

  private List<Diagnosis.Connected> diagnosis() {
    return new Diagnosis(places(), home.resolve("data")).all();
  }

  private List<String> problems() {
    return diagnosis().stream().flatMap(c -> c.problems().stream()).toList();
  }

  private Places places() {
    return new Places(
        home, home.resolve(".openclaw/openclaw.json"), Map.of("PATH", "/usr/bin"), false);
  }

  private void write(Host host, String text) throws IOException {
    Path file = places().config(host);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Path executable(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
