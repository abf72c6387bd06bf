package dev.agenticmemory.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `mcp-config.example.json` is what the installer would write.
final class ExampleConfigTest {

  private static final Path FOLDER = Path.of("/path/to/agentic-memory");

  @TempDir Path home;

  @ParameterizedTest
  @EnumSource
  void theExampleOfEachHostIsWhatTheInstallerWrites(Host host) throws IOException {
    Installer installer =
        new Installer(
            new Places(home, home.resolve(".openclaw/openclaw.json"), Map.of(), false),
            FOLDER.resolve("openclaw-plugin"),
            Clock.systemUTC());
    ServerEntry entry =
        new ServerEntry(
            List.of(FOLDER.resolve("agentic-memory").toString(), "stdio"),
            Map.of("LC_ALL", "C.UTF-8"));
    String written = installer.toInstall(host, entry, false).after();
    JsonNode example = examples().path(host.id());
    if (host == Host.CODEX) {
      assertThat(example.path("toml").asText()).isEqualTo(written);
    } else {
      assertThat(example.path("config")).isEqualTo(Json.parse(written));
    }
  }

  @Test
  void theExamplesOverHttpNameOurAddressAndKeepTheTokenOut() throws IOException {
    JsonNode examples = examples();
    List<JsonNode> overHttp =
        examples
            .propertyStream()
            .filter(example -> example.getKey().endsWith(" over HTTP"))
            .map(Map.Entry::getValue)
            .toList();
    assertThat(overHttp).hasSize(5);
    for (JsonNode example : overHttp) {
      String text = example.path("toml").asText(Json.print(example.path("config")));
      assertThat(text).contains("http://127.0.0.1:8230/mcp").contains("MEMORY_TOKEN");
      assertThat(new TomlText(example.path("toml").asText("")).tree()).isNotNull();
    }
  }

  private static JsonNode examples() throws IOException {
    return Json.parse(Files.readString(Path.of("mcp-config.example.json")));
  }
}
