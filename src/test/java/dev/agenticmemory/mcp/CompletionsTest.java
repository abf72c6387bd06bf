package dev.agenticmemory.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompletionsTest {

  @TempDir Path folder;

  private Fixture fixture;
  private Completions completions;

  @BeforeEach
  void open() {
    fixture = new Fixture(folder);
    completions = new Completions(fixture::engine);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatIsTypedIsLookedForBeyondTheNewestHundred() {
    add("zero", "alice");
    for (int run = 0; run < Completions.VALUES_MAX + 5; run++) {
      add("run-%03d".formatted(run), "alice");
    }
    JsonNode oldest = complete("run_id", "ze", Map.of());
    assertThat(oldest.path("values").toString()).isEqualTo("[\"zero\"]");
    assertThat(oldest.path("hasMore").asBoolean(true)).isFalse();
    JsonNode many = complete("run_id", "run-", Map.of());
    assertThat(many.path("values")).hasSize(Completions.VALUES_MAX);
    assertThat(many.path("total").asInt()).isEqualTo(Completions.VALUES_MAX + 5);
    assertThat(many.path("hasMore").asBoolean()).isTrue();
  }

  @Test
  void whatWasChosenBeforeSaysWhoseAreMeant() {
    String hers = add("monday", "alice");
    String his = add("tuesday", "bob");
    assertThat(values("run_id", Map.of("user_id", "bob"))).isEqualTo("[\"tuesday\"]");
    assertThat(values("memory_id", Map.of("user_id", "bob"))).isEqualTo("[\"" + his + "\"]");
    assertThat(values("memory_id", Map.of("run_id", "monday"))).isEqualTo("[\"" + hers + "\"]");
    assertThat(values("memory_id", Map.of("run_id", "tuesday"))).isEqualTo("[]");
  }

  @Test
  void aBoundCallerIsOfferedNothingOfAnother() {
    add("tuesday", "bob");
    ObjectNode chosen = Json.object().put("user_id", "bob");
    for (String argument : new String[] {"user_id", "run_id", "memory_id"}) {
      assertThat(
              completions
                  .complete(Fixture.bound(), argument, "", chosen)
                  .path("completion")
                  .path("values")
                  .toString())
          .doesNotContain("bob", "tuesday", "-7");
    }
  }

  private String add(String run, String user) {
    ObjectNode arguments =
        Json.object().put("text", "of " + run).put("run_id", run).put("user_id", user);
    return new Tools(fixture::engine)
        .answer(Fixture.free(), "add_memory", arguments.put("infer", false))
        .path("results")
        .path(0)
        .path("id")
        .asText();
  }

  private String values(String argument, Map<String, String> chosen) {
    return complete(argument, "", chosen).path("values").toString();
  }

  private JsonNode complete(String argument, String typed, Map<String, String> chosen) {
    ObjectNode node = Json.object();
    chosen.forEach(node::put);
    return completions.complete(Fixture.free(), argument, typed, node).path("completion");
  }
}
