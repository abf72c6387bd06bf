package dev.agenticmemory.embed;

import static dev.agenticmemory.llm.ScriptedModel.busy;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder.Purpose;
import dev.agenticmemory.embed.bedrock.BedrockEmbedder;
import dev.agenticmemory.embed.openai.OpenAiEmbedder;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.ScriptedModel;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The embedders of providers, on the wire.
final class RemoteEmbeddersTest {

  private static final String TITAN = "amazon.titan-embed-text-v2:0";
  private static final String COHERE = "cohere.embed-multilingual-v3";

  private ScriptedModel server;

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
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Embedder openAi(int dimensions) {
    return new OpenAiEmbedder(
        new EmbeddingSpace("text-embedding-v4", dimensions),
        server.openAiUrl(),
        "sk-embed",
        true,
        Duration.ofSeconds(5),
        Clock.systemUTC());
  }

  private Embedder bedrock(String model) {
    return new BedrockEmbedder(
        new EmbeddingSpace(model, 2),
        "us-east-1",
        server.url(),
        Duration.ofSeconds(5),
        Clock.systemUTC());
  }

  /// Vectors of two dimensions, the nth pointing the more north the greater n is.
  private static String embeddings(int count) {
    ObjectNode answer = Json.object().put("object", "list").put("model", "m");
    ArrayNode data = answer.putArray("data");
    for (int i = 0; i < count; i++) {
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      one.putArray("embedding").add(1.0).add((double) i);
    }
    answer.putObject("usage").put("prompt_tokens", 1).put("total_tokens", 1);
    return Json.print(answer);
  }

  @Test
  void tenTextsAtMostAreSentAtOnceAndTheOrderIsKept() {
    server
        .then(status(200, embeddings(10)))
        .then(status(200, embeddings(10)))
        .then(status(200, embeddings(3)));
    List<String> texts = IntStream.range(0, 23).mapToObj(i -> "text " + i).toList();
    List<Embedding> embeddings = openAi(2).embed(texts, Purpose.STORE);
    assertThat(embeddings).hasSize(23);
    assertThat(embeddings.get(12)).isEqualTo(Embedding.of(1, 2));
    assertThat(server.asked()).hasSize(3);
    assertThat(server.asked().getFirst().json().path("dimensions").asInt()).isEqualTo(2);
    assertThat(server.asked().getFirst().json().path("input")).hasSize(10);
  }

  @Test
  void anOutageSaysSoWithoutTheKey() {
    server.then(busy("3"));
    assertThatThrownBy(() -> openAi(2).embed(List.of("a"), Purpose.SEARCH))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("429")
        .hasMessageNotContaining("sk-embed");
  }

  @Test
  void otherDimensionsThanRecordedAreRefused() {
    server.then(status(200, embeddings(1)));
    assertThatThrownBy(() -> openAi(3).embed(List.of("a"), Purpose.STORE))
        .isInstanceOfSatisfying(
            Unavailable.class, e -> assertThat(e.hint()).contains("EMBEDDING_DIMS"));
  }

  @Test
  void titanIsAskedForTheDimensions() {
    server.then(status(200, "{\"embedding\":[3.0,4.0],\"inputTextTokenCount\":1}"));
    assertThat(bedrock(TITAN).embed(List.of("a"), Purpose.STORE))
        .containsExactly(Embedding.of(3, 4));
    assertThat(server.asked().getFirst().path())
        .isEqualTo("/model/amazon.titan-embed-text-v2%3A0/invoke");
    assertThat(server.asked().getFirst().json().path("dimensions").asInt()).isEqualTo(2);
    assertThat(server.asked().getFirst().json().path("inputText").asText()).isEqualTo("a");
  }

  @Test
  void cohereIsToldWhatATextIsFor() {
    String answer = "{\"id\":\"1\",\"embeddings\":{\"float\":[[3.0,4.0]]}}";
    server.then(status(200, answer)).then(status(200, answer));
    Embedder cohere = bedrock(COHERE);
    assertThat(cohere.embed(List.of("a"), Purpose.STORE)).containsExactly(Embedding.of(3, 4));
    assertThat(cohere.embed(List.of("a"), Purpose.SEARCH)).containsExactly(Embedding.of(3, 4));
    assertThat(server.asked())
        .extracting(asked -> asked.json().path("input_type").asText())
        .containsExactly("search_document", "search_query");
  }
}
