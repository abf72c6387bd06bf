package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.InferenceFixture.CALLER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.eval.Conversations;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.ScriptedModel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The table of conversations: what the scripted model answers, often wrongly, and what is
/// remembered then.
final class ConversationsTest {

  @TempDir Path folder;

  private static List<JsonNode> table() {
    return Conversations.rows();
  }

  @Test
  void theTableIsWideEnough() {
    assertThat(table()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(table())
        .filteredOn(row -> row.path("wrong").asBoolean())
        .hasSizeGreaterThanOrEqualTo(30);
    assertThat(table())
        .extracting(row -> row.path("lang").asText())
        .contains("en", "zh", "ja", "de", "ar");
    assertThat(table().stream().map(row -> row.path("observed").asText()).distinct())
        .hasSizeGreaterThanOrEqualTo(3);
  }

  @TestFactory
  List<DynamicTest> conversations() {
    List<DynamicTest> tests = new ArrayList<>();
    List<JsonNode> rows = table();
    for (int i = 0; i < rows.size(); i++) {
      JsonNode row = rows.get(i);
      Path home = folder.resolve("c" + i);
      tests.add(
          DynamicTest.dynamicTest(
              row.path("lang").asText() + ": " + row.path("name").asText(), () -> run(home, row)));
    }
    return tests;
  }

  private static void run(Path home, JsonNode row) {
    try (InferenceFixture fixture = new InferenceFixture(home)) {
      for (JsonNode known : row.path("known")) {
        AddRequest request =
            new AddRequest(
                new Input.Text(known.asText()),
                null,
                null,
                null,
                false,
                null,
                new Metadata(Map.of("kept", true)),
                null,
                null,
                null,
                null);
        var _ = fixture.engine.addMemory().add(CALLER, request);
      }
      Instant observed =
          LocalDate.parse(row.path("observed").asText()).atTime(9, 0).toInstant(ZoneOffset.UTC);
      ObjectNode facts = Json.object();
      facts.set("facts", row.path("answer"));
      fixture.model.then(ScriptedModel.says(Json.print(facts)));
      if (row.has("decisions")) {
        ObjectNode decisions = Json.object();
        decisions.set("decisions", row.path("decisions"));
        fixture.model.then(ScriptedModel.says(Json.print(decisions)));
      }
      List<Memory> before = fixture.memories();

      Added added =
          fixture
              .engine
              .addMemory()
              .add(
                  CALLER,
                  InferenceFixture.request(
                      Conversations.messages(row), null, observed, Metadata.EMPTY));

      assertThat(added.status()).isEqualTo(Added.Status.STORED);
      assertThat(fixture.memories())
          .extracting(m -> m.origin().author().name().toLowerCase(Locale.ROOT) + ": " + m.text())
          .containsExactlyInAnyOrderElementsOf(expected(row));
      assertThat(fixture.memories()).allMatch(m -> m.content().stage() == Stage.SETTLED);
      if (row.has("decisions")) {
        assertThat(fixture.model.isPlayed()).as("a decision was asked for").isTrue();
      }
      requireKept(fixture, before);
      requireNever(fixture, row);
    }
  }

  private static List<String> expected(JsonNode row) {
    List<String> expected = new ArrayList<>();
    row.path("expect")
        .forEach(e -> expected.add(e.path("by").asText() + ": " + e.path("text").asText()));
    return expected;
  }

  /// Whatever still lives has its id, scope, metadata and time of creation.
  private static void requireKept(InferenceFixture fixture, List<Memory> before) {
    for (Memory old : before) {
      fixture
          .store
          .find(old.id())
          .ifPresent(now -> {
            assertThat(now.scope()).isEqualTo(old.scope());
            assertThat(now.content().metadata()).isEqualTo(old.content().metadata());
            assertThat(now.times().created()).isEqualTo(old.times().created());
          });
      assertThat(fixture.store.history(old.id()).getFirst().newText()).isEqualTo(old.text());
    }
  }

  private static void requireNever(InferenceFixture fixture, JsonNode row) {
    for (JsonNode never : row.path("never")) {
      for (ScriptedModel.Asked asked : fixture.model.asked()) {
        assertThat(asked.body()).doesNotContain(never.asText());
      }
      for (Memory memory : fixture.memories()) {
        assertThat(memory.text()).doesNotContain(never.asText());
        assertThat(fixture.store.history(memory.id()).toString()).doesNotContain(never.asText());
      }
    }
  }
}
