package dev.agenticmemory.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The table of conversations, played with models of known quality.
final class ExtractionTest {

  @TempDir Path folder;

  private ObjectNode report(ScriptedModel model) {
    Embedder embedder = new HashEmbedder(256);
    Duration timeout = Duration.ofSeconds(5);
    OpenAiChat chat =
        new OpenAiChat(
            model.openAiUrl(), "sk-test", "scripted", timeout, Map.of(), Clock.systemUTC());
    Inference inference =
        new Inference(
            new PromptedModel(chat, Prompts.read(null, null)), Inference.PATIENCE, timeout);
    return new Extraction(
            embedder,
            row -> new SqliteStore(folder.resolve(row).resolve("memory.db"), embedder.space()),
            inference)
        .run(_ -> {})
        .json();
  }

  @Test
  void aModelThatAnswersAsTheTableSaysFindsEverything() {
    try (ScriptedModel model = new ScriptedModel()) {
      for (JsonNode row : Conversations.rows()) {
        if (!nothingIsAsked(row)) {
          model.then(answer("facts", row.path("answer")));
        }
        if (row.has("decisions")) {
          model.then(answer("decisions", row.path("decisions")));
        }
      }
      ObjectNode report = report(model);
      assertThat(report.path("facts_expected").asInt()).isGreaterThan(60);
      assertThat(report.path("facts_found")).isEqualTo(report.path("facts_expected"));
      assertThat(report.path("right_author")).isEqualTo(report.path("facts_found"));
      assertThat(report.path("facts_extra").asInt()).isZero();
      assertThat(report.path("secrets_or_recalled").asInt()).isZero();
      assertThat(report.path("conversations_failed").asInt()).isZero();
    }
  }

  @Test
  void aModelThatSaysNothingFindsNothingButWhatWasKnown() {
    try (ScriptedModel model = new ScriptedModel()) {
      for (int i = 0; i < 2 * Conversations.rows().size(); i++) {
        model.then(ScriptedModel.says("{\"facts\":[]}"));
      }
      ObjectNode report = report(model);
      assertThat(report.path("facts_found").asInt())
          .isLessThan(report.path("facts_expected").asInt() / 2);
    }
  }

  @Test
  void aModelThatIsDownFailsEveryConversation() {
    try (ScriptedModel model = new ScriptedModel()) {
      ObjectNode report = report(model);
      assertThat(report.path("conversations_failed").asInt()).isGreaterThan(60);
      assertThat(report.path("facts_expected").asInt()).isLessThan(10);
    }
  }

  /// What is left of it once recalled blocks are out is nothing.
  private static boolean nothingIsAsked(JsonNode row) {
    return row.path("name").asText().equals("nothing but a block");
  }

  private static ScriptedModel.Reaction answer(String name, JsonNode list) {
    ObjectNode node = Json.object();
    node.set(name, list);
    return ScriptedModel.says(Json.print(node));
  }
}
