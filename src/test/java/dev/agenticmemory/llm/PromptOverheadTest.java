package dev.agenticmemory.llm;

import static dev.agenticmemory.llm.ScriptedModel.decides;
import static dev.agenticmemory.llm.ScriptedModel.decision;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Line;
import dev.agenticmemory.llm.openai.OpenAiChat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What our prompts cost beside the input, by the tokenizer o200k_base of jtokkit, counted on what
/// was sent: messages and JSON schema.
final class PromptOverheadTest {

  private static final int EXTRACTION_MAX = 900;
  private static final int BOTH_MAX = 1_500;

  private static final Encoding TOKENS =
      Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  @Test
  void thePromptsAreShort() {
    try (ScriptedModel server = new ScriptedModel()) {
      server.then(facts("User lives in Paris")).then(decides(decision(1, "ADD", 0, "")));
      OpenAiChat chat =
          new OpenAiChat(
              server.openAiUrl(), null, "m", Duration.ofSeconds(5), Map.of(), Clock.systemUTC());
      LanguageModel model = new PromptedModel(chat, Prompts.read(null, null));
      String input = "I live in Paris";
      String fact = "User lives in Paris";
      String memory = "User lives in Berlin";
      var _ =
          model.extract(
              new Conversation(
                  List.of(new Line("user", input)), Instant.parse("2026-03-01T00:00:00Z"), null));
      var _ = model.decide(List.of(fact), List.of(memory));

      int extraction = overhead(server.asked().get(0).json(), input);
      int decision = overhead(server.asked().get(1).json(), fact, memory);

      System.err.printf(
          "Prompt overhead in tokens (o200k_base): extraction %d, decision %d%n",
          extraction, decision);
      assertThat(extraction).isBetween(100, EXTRACTION_MAX);
      assertThat(extraction + decision).isLessThan(BOTH_MAX);
      assertThat(server.asked()).hasSize(2);
    }
  }

  private static int overhead(JsonNode body, String... inputs) {
    int tokens = TOKENS.countTokens(Json.print(body.path("response_format")));
    for (JsonNode message : body.path("messages")) {
      tokens += TOKENS.countTokens(message.path("content").asText());
    }
    for (String input : inputs) {
      tokens -= TOKENS.countTokens(input);
    }
    return tokens;
  }
}
