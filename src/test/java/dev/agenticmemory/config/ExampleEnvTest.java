package dev.agenticmemory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `.env.example` against the code that reads it.
final class ExampleEnvTest {

  private static final Path EXAMPLE = Path.of(".env.example");
  private static final Pattern SETTING = Pattern.compile("#([A-Z0-9_]+)=(.*)");

  @TempDir Path home;

  @Test
  void everyVariableOfTheExampleIsOneThatTheProgramReads() throws IOException {
    Set<String> read = new TreeSet<>();
    Map<String, String> all = settings();
    Map<String, String> local = new HashMap<>(all);
    local.keySet().removeIf(name -> name.startsWith("EMBEDDING_"));
    local.put("EMBEDDING_MODEL", home.toString());
    Map<String, String> bedrock = new HashMap<>(Map.of("LLM_MODEL", "amazon.nova-lite-v1:0"));
    for (Map<String, String> env : List.of(Map.<String, String>of(), all, local, bedrock)) {
      readAll(env, read);
    }
    assertThat(read).containsAll(all.keySet());
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

  private void readAll(Map<String, String> env, Set<String> read) {
    Map<String, String> recording =
        new HashMap<>(env) {
          private static final long serialVersionUID = 1;

          @Override
          public @Nullable String get(Object name) {
            read.add(name.toString());
            return super.get(name);
          }
        };
    try {
      var _ = new Config.Reader(recording).config(home, "alice");
    } catch (InvalidConfig _) {
      // Keys and files of the example are not there; what is asked for is.
    }
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
