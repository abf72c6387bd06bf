package dev.agenticmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `.env.example` against the code that reads it.
final class ExampleEnvTest {

  private static final Path EXAMPLE = Path.of(".env.example");
  private static final Pattern SETTING = Pattern.compile("#([A-Z0-9_]+)=(.*)");

  @TempDir Path home;

  @Test
  void theExampleHasEverySettingAndNothingElse() throws IOException {
    Config.Reader reader = new Config.Reader(Map.of());
    var _ = reader.config(home, "alice");
    assertThat(settings().keySet()).containsExactlyInAnyOrderElementsOf(reader.known());
  }

  @Test
  void theExampleIsReadAsItIs() throws IOException {
    Files.copy(EXAMPLE, home.resolve(".env"));
    assertThatNoException()
        .isThrownBy(() -> Config.read(Map.of("MEMORY_HOME", home.toString()), null, home, "alice"));
  }

  @Test
  void theRegistrysEntryNamesVariablesOfTheExampleAndTheVersionOfTheBuild() throws IOException {
    JsonNode server = new ObjectMapper().readTree(Files.readString(Path.of("server.json")));
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>%s</version>".formatted(server.path("version").asText()));
    JsonNode image = server.path("packages").path(0);
    assertThat(image.path("identifier").asText()).endsWith(":" + server.path("version").asText());
    assertThat(image.path("environmentVariables").valueStream().map(v -> v.path("name").asText()))
        .isNotEmpty()
        .isSubsetOf(settings().keySet());
    assertThat(server.path("description").asText()).hasSizeLessThanOrEqualTo(100);
  }

  private static Map<String, String> settings() throws IOException {
    Map<String, String> settings = new HashMap<>();
    try (Stream<String> lines = Files.lines(EXAMPLE)) {
      lines
          .map(SETTING::matcher)
          .filter(Matcher::matches)
          .forEach(m -> settings.put(m.group(1), m.group(2)));
    }
    assertThat(settings).hasSizeGreaterThan(40);
    return settings;
  }
}
