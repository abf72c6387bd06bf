package dev.agenticmemory.http;

import static dev.agenticmemory.llm.ScriptedModel.after;
import static dev.agenticmemory.llm.ScriptedModel.facts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.llm.ScriptedModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the two original services got wrong on the wire, and this one does not.
final class RestDefectsTest {

  /// When the clients of the first service give up.
  private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(15);

  @TempDir Path folder;

  // A. "Mem0 + Elasticsearch".

  @Test
  void aDeleteByRunReadsTheRunAndLeavesTheRest() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"u\",\"run_id\":\"2026-03-23\"", "in the run");
      add(client, "\"user_id\":\"u\"", "long-term");
      assertThat(client.send("DELETE", "/v1/memories?run_id=2026-03-23", null).json())
          .hasToString("{\"status\":\"success\",\"deleted\":1}");
      assertThat(total(client, "user_id=u&run_id=2026-03-23")).isZero();
      assertThat(total(client, "user_id=u")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Alice", "a-b", "John Smith", "team:eu", "a@b.org", "老板", "a/b?c&d=e"})
  void anIdIsMatchedExactlyWhateverItIsMadeOf(String id) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"%s\",\"run_id\":\"%s\"".formatted(id, id), "soft water");
      add(
          client,
          "\"user_id\":\"%s\"".formatted(id.toLowerCase(java.util.Locale.ROOT) + "x"),
          "no");
      JsonNode found =
          client
              .post(
                  "/v2/memories/search",
                  "{\"query\":\"soft water\",\"user_id\":\"%s\",\"run_id\":\"%s\"}"
                      .formatted(id, id))
              .json();
      assertThat(found.path("results")).hasSize(1);
      String query = "user_id=" + Client.encoded(id);
      assertThat(
              client.send("DELETE", "/v1/memories?" + query, null).json().path("deleted").asInt())
          .isEqualTo(1);
      assertThat(total(client, query + "&run_id=" + Client.encoded(id))).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"user_id\":\"u\"}", "{\"messages\":[{}],\"user_id\":\"u\"}", "["})
  void aMissingKeyIsNamedInJson(String body) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client.Answer answer = fixture.client().post("/v1/memories", body);
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.header("Content-Type")).isEqualTo("application/json");
      assertThat(answer.json().path("detail").path(0).path("msg").asText()).isNotBlank();
    }
  }

  @Test
  void anAddThatIsRepeatedAfterTheClientLostPatienceIsStoredOnce() throws Exception {
    assertThat(Inference.PATIENCE).isLessThan(CLIENT_PATIENCE);
    CountDownLatch latch = new CountDownLatch(1);
    try (ScriptedModel model = new ScriptedModel();
        HttpFixture fixture = new HttpFixture(folder, model, Duration.ofSeconds(2))) {
      model.then(after(latch, facts("Prefers soft water")));
      String body =
          "{\"messages\":[{\"role\":\"user\",\"content\":\"I prefer soft water\"}],\"user_id\":\"u\"}";
      losePatience(fixture.client().port(), body);

      JsonNode again = fixture.client().post("/v1/memories", body).json();

      assertThat(again.path("status").asText()).isEqualTo("pending");
      assertThat(again.path("results")).hasSize(1);
      String id = again.path("results").path(0).path("id").asText();
      assertThat(
              fixture.client().get("/memory/" + id).json().path("result").path("status").asText())
          .isEqualTo("pending");
      assertThat(total(fixture.client(), "user_id=u")).isEqualTo(1);
      latch.countDown();
      await(() -> texts(fixture.client(), "user_id=u").equals(List.of("Prefers soft water")));
      assertThat(model.asked()).hasSize(1);
    }
  }

  private static void losePatience(int port, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/memories"))
            .timeout(Duration.ofMillis(300))
            .POST(BodyPublishers.ofString(body))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(request, BodyHandlers.discarding());
      throw new AssertionError("The model had not answered yet");
    } catch (HttpTimeoutException _) {
      // As expected: the client is gone, the add goes on.
    }
  }

  // B. The tiered memory service.

  @Test
  void withoutARunOnlyLongTermMemoryIsSearchedAndListed() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"u\",\"run_id\":\"2026-03-23\"", "the budget of the day");
      add(client, "\"user_id\":\"u\"", "the budget of the year");
      assertThat(texts(client, "user_id=u")).containsExactly("the budget of the year");
      JsonNode found =
          client.post("/memory/search", "{\"query\":\"budget\",\"user_id\":\"u\"}").json();
      assertThat(found.at("/results/results").findValuesAsText("memory"))
          .containsExactly("the budget of the year");
    }
  }

  @Test
  void anExperienceIsOneRecordThatEveryAgentOfTheUserFinds() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      client.post(
          "/memory/add",
          "{\"user_id\":\"u\",\"agent_id\":\"writer\",\"text\":\"Deploy on Mondays\","
              + "\"metadata\":{\"category\":\"experience\"}}");
      JsonNode found =
          client
              .post(
                  "/memory/search",
                  "{\"query\":\"deploy\",\"user_id\":\"u\",\"agent_id\":\"reader\"}")
              .json()
              .at("/results/results");
      assertThat(found).hasSize(1);
      assertThat(found.path(0).path("agent_id").asText()).isEqualTo("writer");
      assertThat(found.path(0).path("memory_type").asText()).isEqualTo("shared");
      assertThat(total(client, "user_id=u")).isEqualTo(1);
    }
  }

  @Test
  void aNewButIrrelevantMemoryDoesNotPassMinScore() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"u\"", "The cat sleeps on the sofa");
      JsonNode found =
          client
              .post(
                  "/memory/search",
                  "{\"query\":\"quarterly budget\",\"user_id\":\"u\",\"min_score\":0.3,\"time_decay\":true}")
              .json();
      assertThat(found.at("/results/results")).isEmpty();
    }
  }

  @Test
  void todayIsADayOfUtc() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      String today = LocalDate.now(Clock.systemUTC()).toString();
      add(client, "\"user_id\":\"u\",\"run_id\":\"%s\"".formatted(today), "the budget of today");
      JsonNode found =
          client
              .post(
                  "/memory/search_combined",
                  "{\"query\":\"budget\",\"user_id\":\"u\",\"recent_days\":2}")
              .json()
              .path("results");
      assertThat(found.path(0).path("run_id").asText()).isEqualTo(today);
      assertThat(found.path(0).path("memory_type").asText()).isEqualTo("short_term");
    }
  }

  @Test
  void anUpdateKeepsTheMetadataThatItDoesNotName() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      String id = add(client, "\"user_id\":\"u\",\"metadata\":{\"a\":1,\"b\":2}", "text");
      client.send(
          "PUT",
          "/memory/update",
          "{\"memory_id\":\"%s\",\"text\":\"new\",\"metadata\":{\"b\":3}}".formatted(id));
      JsonNode memory = client.get("/memory/" + id).json().path("result");
      assertThat(memory.path("memory").asText()).isEqualTo("new");
      assertThat(memory.path("metadata")).hasToString("{\"a\":1,\"b\":3}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /memory/%s",
        "DELETE /memory/%s",
        "GET /memory/history/%s",
        "PUT /memory/update"
      })
  void anUnknownIdIsNotAFault(String request) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      for (String id : List.of("00000000-0000-7000-8000-000000000000", "unknown")) {
        String[] parts = request.formatted(id).split(" ", -1);
        String body =
            parts[0].equals("PUT") ? "{\"memory_id\":\"%s\",\"text\":\"x\"}".formatted(id) : null;
        Client.Answer answer = fixture.client().send(parts[0], parts[1], body);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("detail").asText()).isEqualTo("No memory with id " + id);
      }
    }
  }

  @Test
  void theTokensOfConcurrentAddsAreCountedApart() throws Exception {
    try (ScriptedModel model = new ScriptedModel();
        HttpFixture fixture = new HttpFixture(folder, model, Duration.ofSeconds(30));
        ExecutorService clients = Executors.newFixedThreadPool(4)) {
      List<Future<JsonNode>> answers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        model.then(facts());
        String body = "{\"user_id\":\"u%d\",\"text\":\"fact %d\"}".formatted(i, i);
        answers.add(clients.submit(() -> fixture.client().post("/memory/add", body).json()));
      }
      for (Future<JsonNode> answer : answers) {
        assertThat(answer.get().path("token_usage"))
            .hasToString(
                "{\"llm_calls\":1,\"input_tokens\":100,\"output_tokens\":10,\"total_tokens\":110}");
      }
    }
  }

  // Both.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user_id=u&agent_id=a1",
        "user_id=u&runid=x",
        "user_id=u&run_id=",
        "user_id=u&run_id=x&run_id=y",
        "user_id=&run_id=2026-03-23",
        "user_id=u&run_id"
      })
  void aDeleteThatIsNotWhatItSeemsDeletesNothing(String query) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"u\",\"run_id\":\"2026-03-23\"", "in the run");
      add(client, "\"user_id\":\"u\"", "long-term");
      assertThat(client.send("DELETE", "/v1/memories?" + query, null).status()).isIn(400, 422);
      assertThat(total(client, "user_id=u&run_id=2026-03-23")).isEqualTo(1);
      assertThat(total(client, "user_id=u")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_id=%ZZ", "user_id=%FF", "user_id=u&x=%", "user_id=%C3%28"})
  void aQueryThatCannotBeReadIsNotAFault(String query) throws IOException {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      assertThat(RawClient.get(fixture.client().port(), "/memory/list?" + query, "Host: localhost"))
          .startsWith("HTTP/1.1 422")
          .contains("The query is not UTF-8");
    }
  }

  @Test
  void aSearchByQueryTakesScoresAndFlags() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client client = fixture.client();
      add(client, "\"user_id\":\"u\"", "The cat sleeps on the sofa");
      String search = "/memory/search?user_id=u&query=";
      assertThat(client.get(search + "cat&min_score=0.01&time_decay=false").json().path("results"))
          .hasSize(1);
      assertThat(client.get(search + "budget&min_score=0.3").json().path("results")).isEmpty();
      assertThat(client.get(search + "cat&min_score=much").status()).isEqualTo(422);
      assertThat(client.get(search + "cat&time_decay=maybe").status()).isEqualTo(422);
    }
  }

  private static String add(Client client, String where, String text) {
    Client.Answer answer =
        client.post("/memory/add", "{%s,\"text\":\"%s\",\"infer\":false}".formatted(where, text));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().at("/result/results/0/id").asText();
  }

  private static int total(Client client, String query) {
    return client.get("/memory/list?" + query).json().path("total").asInt();
  }

  private static List<String> texts(Client client, String query) {
    return client.get("/memory/list?" + query).json().path("results").findValuesAsText("memory");
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      Thread.sleep(20);
    }
  }
}
