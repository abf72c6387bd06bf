package dev.agenticmemory.rerank;

import static dev.agenticmemory.llm.ScriptedModel.says;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.rerank.model.ModelReranker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The language model as reranker, on the wire.
final class ModelRerankerTest {

  private static final List<String> TEXTS = List.of("Ann likes tea", "Bob grows it");

  private final ScriptedModel model = new ScriptedModel();
  private final Reranker reranker =
      new ModelReranker(
          new PromptedModel(
              new OpenAiChat(
                  model.openAiUrl(),
                  "sk-test",
                  "scripted",
                  Duration.ofSeconds(5),
                  Map.of(),
                  Clock.systemUTC()),
              Prompts.read(null, null)),
          30,
          Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC));

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void ratingsBecomeScoresInTheOrderOfTheTexts() {
    model.then(says("{\"ratings\":[{\"text\":2,\"score\":0},{\"text\":1,\"score\":8}]}"));
    assertThat(reranker.scores("what does Ann drink?", TEXTS)).containsExactly(0.8, 0.0);
    String asked = model.asked().getFirst().body();
    assertThat(asked).contains("1. Ann likes tea", "what does Ann drink?", "Today: 2026-03-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"ratings\":[{\"text\":1,\"score\":8}]}",
        "{\"ratings\":[{\"text\":1,\"score\":8},{\"text\":1,\"score\":2}]}",
        "{\"ratings\":[{\"text\":1,\"score\":8},{\"text\":3,\"score\":2}]}"
      })
  void ratingsThatAreNotOneATextAreWorthNothing(String answer) {
    model.then(says(answer));
    assertThatThrownBy(() -> reranker.scores("q", TEXTS)).isInstanceOf(Unavailable.class);
  }

  @Test
  void aModelThatIsDownIsUnavailable() {
    model.then(status(503, "{}"));
    assertThatThrownBy(() -> reranker.scores("q", TEXTS))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("503");
  }
}
