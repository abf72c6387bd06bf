package dev.agenticmemory.llm;

import static dev.agenticmemory.llm.ScriptedModel.busy;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static dev.agenticmemory.llm.ScriptedModel.huge;
import static dev.agenticmemory.llm.ScriptedModel.reset;
import static dev.agenticmemory.llm.ScriptedModel.says;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Extracted;
import dev.agenticmemory.llm.LanguageModel.Line;
import dev.agenticmemory.llm.bedrock.BedrockChat;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.remote.Failure.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bedrock's Converse on the wire.
final class BedrockChatTest {

  private ScriptedModel server;
  private LanguageModel model;

  @BeforeAll
  static void credentials() {
    System.setProperty("aws.accessKeyId", "AKIATESTTESTTESTTEST");
    System.setProperty("aws.secretAccessKey", "verysecret");
  }

  @AfterAll
  static void noCredentials() {
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @BeforeEach
  void open() {
    server = new ScriptedModel();
    model =
        new PromptedModel(
            new BedrockChat(
                "eu.anthropic.claude-3-5-haiku-20241022-v1:0",
                "eu-central-1",
                server.url(),
                Duration.ofSeconds(5),
                Clock.systemUTC()),
            Prompts.read(null, null));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Reply<Extracted> extract() {
    return model.extract(
        new Conversation(
            List.of(new Line("user", "I live in Berlin")),
            Instant.parse("2026-03-01T12:00:00Z"),
            null));
  }

  @Test
  void itIsAskedByConverseWithTheTemperatureAndNoTopP() {
    server.then(facts("User lives in Berlin"));
    assertThat(extract())
        .isInstanceOfSatisfying(
            Reply.Answered.class,
            answered -> assertThat(answered.usage()).isEqualTo(new Usage(1, 100, 10)));
    ScriptedModel.Asked asked = server.asked().getFirst();
    assertThat(asked.path())
        .isEqualTo("/model/eu.anthropic.claude-3-5-haiku-20241022-v1%3A0/converse");
    JsonNode configuration = asked.json().path("inferenceConfig");
    assertThat(configuration.path("temperature").asDouble()).isZero();
    assertThat(configuration.has("topP")).isFalse();
    assertThat(asked.json().path("system").path(0).path("text").asText()).contains("memory");
    assertThat(asked.headers().getOrDefault("Authorization", List.of()).toString())
        .contains("/eu-central-1/bedrock/");
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(busy("7"), Kind.OUTAGE),
        Arguments.of(status(500, "{\"message\":\"oops\"}"), Kind.OUTAGE),
        Arguments.of(status(403, "{\"message\":\"no access\"}"), Kind.SETTINGS),
        Arguments.of(status(404, "{\"message\":\"no such model\"}"), Kind.SETTINGS),
        Arguments.of(reset(), Kind.OUTAGE),
        Arguments.of(huge(10 * 1024 * 1024), Kind.NONSENSE));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void failuresAreToldApartByWhoCanAct(ScriptedModel.Reaction fault, Kind kind) {
    server.then(fault);
    Failure failure = failure(extract());
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.what()).doesNotContain("verysecret");
    assertThat(server.asked()).as("no retries of the client's own").hasSize(1);
  }

  @Test
  void retryAfterIsHeard() {
    server.then(busy("7"));
    assertThat(failure(extract()).retryAfter()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void proseIsAskedForOnceMore() {
    server.then(says("I cannot.")).then(facts("User lives in Berlin"));
    assertThat(extract().usage().calls()).isEqualTo(2);
  }

  private static Failure failure(Reply<Extracted> reply) {
    return switch (reply) {
      case Reply.Failed<Extracted>(Failure failure, Usage _) -> failure;
      case Reply.Answered<Extracted> answered -> throw new AssertionError(answered);
    };
  }
}
