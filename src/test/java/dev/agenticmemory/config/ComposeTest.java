package dev.agenticmemory.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `docker-compose.yml` against what Compose understands and what the program reads.
final class ComposeTest {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::([-?])([^}]*))?}");

  private JsonNode compose;

  @BeforeEach
  void read() throws IOException {
    compose = new YAMLMapper().readTree(Files.readString(Path.of("docker-compose.yml")));
  }

  @Test
  void itHasWhatComposeKnowsAndNothingElse() {
    assertThat(names(compose)).containsExactlyInAnyOrder("services", "volumes");
    for (JsonNode service : compose.path("services")) {
      assertThat(names(service))
          .contains("image")
          .isSubsetOf(
              "image", "restart", "ports", "env_file", "environment", "volumes", "profiles");
      assertThat(service.path("image").asText()).matches("[\\w./-]+:\\d[\\w.]*");
      for (JsonNode value : service.path("environment")) {
        assertThat(value.isValueNode()).isTrue();
      }
      for (JsonNode volume : service.path("volumes")) {
        String source = resolved(volume.asText(), Map.of()).split(":", -1)[0];
        assertThat(source.startsWith("~/") || compose.path("volumes").has(source))
            .as(source)
            .isTrue();
      }
    }
  }

  @Test
  void theServerIsReachedFromThisMachineAlone() {
    compose
        .path("services")
        .properties()
        .forEach(service ->
            assertThat(service.getValue().path("ports").valueStream().map(JsonNode::asText))
                .as(service.getKey())
                .allMatch(port -> port.startsWith("127.0.0.1:")));
    assertThat(compose.at("/services/memory/ports/0").asText()).endsWith(":8230");
  }

  @Test
  void theProgramTakesTheSettingsForEachEngine() {
    for (String engine : List.of("embedded", "elasticsearch", "opensearch")) {
      Map<String, String> chosen = Map.of("MEMORY_USER_ID", "alice", "VECTOR_STORE", engine);
      Config config = Config.read(environment(chosen), null, Path.of("/nowhere"), "");
      assertThat(config.engine().name()).isEqualToIgnoringCase(engine);
      assertThat(config.service().address().getPort()).isEqualTo(8230);
      Engines.Cluster cluster =
          engine.equals("opensearch")
              ? config.engines().openSearch()
              : config.engines().elasticsearch();
      assertThat(compose.path("services").has(cluster.hosts().getFirst().getHost())).isTrue();
    }
  }

  /// The whole environment of the program's container, for a person with these settings.
  private Map<String, String> environment(Map<String, String> of) {
    Map<String, String> environment = new HashMap<>();
    compose
        .at("/services/memory/environment")
        .properties()
        .forEach(v -> environment.put(v.getKey(), resolved(v.getValue().asText(), of)));
    return environment;
  }

  private static String resolved(String text, Map<String, String> of) {
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> {
          String value = of.get(match.group(1));
          String fallback = "-".equals(match.group(2)) ? match.group(3) : "";
          return Matcher.quoteReplacement(value == null ? fallback : value);
        });
  }

  private static Stream<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey);
  }
}
