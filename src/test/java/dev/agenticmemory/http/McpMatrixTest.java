package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Right;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every tool, resource, prompt and completion, asked over HTTP by everybody, about memories of
/// Alice's agent `dev`.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class McpMatrixTest {

  private static final String TEXT = "the vault is behind the painting";
  private static final String META =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}}";
  private static final String WHERE = "\"user_id\":\"alice\",\"agent_id\":\"dev\"";

  @TempDir static Path folder;
  private HttpFixture fixture;

  /// One thing to ask for.
  ///
  /// @param name of the tool or prompt, or the address of the resource; empty for a completion
  /// @param params with `{id}` for the id of the memory
  /// @param secret what only those who may read it find in the answer; empty for nothing
  private record Ask(String method, String name, String params, Right needs, String secret) {

    String label() {
      return method + " " + (name.isEmpty() ? params : name);
    }
  }

  private static final List<Ask> TOOLS =
      List.of(
          tool("add_memory", WHERE + ",\"text\":\"x\",\"infer\":false", Right.WRITE, ""),
          tool("search_memory", WHERE + ",\"query\":\"vault\"", Right.READ, "painting"),
          tool("search_combined", WHERE + ",\"query\":\"vault\"", Right.READ, "painting"),
          tool("delete_by_run_id", WHERE + ",\"run_id\":\"run-77\"", Right.DELETE, ""),
          tool("delete_by_user_id", "\"user_id\":\"alice\"", Right.DELETE, ""),
          tool("list_memories", WHERE, Right.READ, "painting"),
          tool("get_memory", "\"memory_id\":\"{id}\"", Right.READ, "painting"),
          tool("delete_memory", "\"memory_id\":\"{id}\"", Right.DELETE, ""),
          tool("memory_history", "\"memory_id\":\"{id}\"", Right.READ, "painting"),
          tool(
              "update_memory",
              "\"memory_id\":\"{id}\",\"text\":\"" + TEXT + "\"",
              Right.WRITE,
              "painting"));

  private static final List<Ask> OTHERS =
      List.of(
          resource("memory://stats", ""),
          admins("memory://jobs", ""),
          admins("memory://jobs/digest", ""),
          resource("memory://users/alice/long-term", "painting"),
          resource("memory://users/alice/runs", "run-77"),
          resource("memory://users/alice/runs/run-77", "spare key"),
          resource("memory://memories/{id}", "painting"),
          resource("memory://memories/{id}/history", "painting"),
          completion("memory://users/{user_id}/runs/{run_id}", "run_id", "run", "run-77"),
          completion("memory://memories/{memory_id}", "memory_id", "0", "{id}"));

  private static Ask tool(String name, String arguments, Right needs, String secret) {
    return new Ask(
        "tools/call",
        name,
        "\"name\":\"%s\",\"arguments\":{%s}".formatted(name, arguments),
        needs,
        secret);
  }

  private static Ask resource(String uri, String secret) {
    return new Ask("resources/read", uri, "\"uri\":\"" + uri + "\"", Right.READ, secret);
  }

  private static Ask admins(String uri, String secret) {
    return new Ask("resources/read", uri, "\"uri\":\"" + uri + "\"", Right.ADMIN, secret);
  }

  private static Ask completion(String uri, String argument, String typed, String secret) {
    String params =
        "\"ref\":{\"type\":\"ref/resource\",\"uri\":\"%s\"},\"argument\":{\"name\":\"%s\",\"value\":\"%s\"},\"context\":{\"arguments\":{\"user_id\":\"alice\"}}"
            .formatted(uri, argument, typed);
    return new Ask("completion/complete", "", params, Right.READ, secret);
  }

  @BeforeAll
  void open() {
    fixture = new HttpFixture(folder);
    fixture.token(List.of(), List.of(), Right.READ);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void everyToolResourceAndCompletionIsInTheTable() {
    Client alice = Who.ALICE.client(fixture);
    JsonNode tools = result(send(alice, "tools/list", "", ""));
    assertThat(tools.path("tools").findValuesAsText("name"))
        .containsAll(TOOLS.stream().map(Ask::name).toList());
    assertThat(tools.path("tools")).hasSize(TOOLS.size());
    int fixed = 2; // memory://stats and memory://jobs have no template.
    JsonNode templates = result(send(alice, "resources/templates/list", "", ""));
    assertThat(templates.path("resourceTemplates").size() + fixed)
        .isEqualTo(
            (int) OTHERS.stream().filter(ask -> ask.method().equals("resources/read")).count());
  }

  @TestFactory
  Stream<DynamicTest> nobodyGetsFurtherThanItsToken() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Ask ask : Stream.concat(TOOLS.stream(), OTHERS.stream()).toList()) {
      for (Who who : Who.values()) {
        tests.add(DynamicTest.dynamicTest(ask.label() + " by " + who, () -> check(ask, who)));
      }
    }
    return tests.stream();
  }

  private void check(Ask ask, Who who) {
    String id = seeded();
    String secret = ask.secret().replace("{id}", id);
    Client.Answer answer =
        send(
            who.client(fixture),
            ask.method(),
            ask.name().replace("{id}", id),
            ask.params().replace("{id}", id));
    if (!who.isKnown()) {
      assertThat(answer.status()).isEqualTo(401);
    } else {
      assertThat(answer.status()).as(answer.text()).isLessThan(500);
    }
    if (who.may(ask.needs())) {
      assertThat(result(answer).path("isError").asBoolean()).as(answer.text()).isFalse();
      boolean isBlind = ask.name().equals("update_memory") && !who.may(Right.READ);
      assertThat(answer.text().contains(secret)).as(answer.text()).isEqualTo(!isBlind);
    } else {
      if (!secret.isEmpty()) {
        assertThat(answer.text()).doesNotContain(secret);
      }
      if (ask.method().equals("tools/call") && who.isKnown()) {
        assertThat(result(answer).path("isError").asBoolean()).as(answer.text()).isTrue();
      }
      assertThat(
              Who.ALICE.client(fixture).get("/memory/" + id).json().at("/result/memory").asText())
          .isEqualTo(TEXT);
    }
  }

  @TestFactory
  Stream<DynamicTest> promptsAreForWhoeverIsLetInAndHoldNoMemories() {
    return Stream.of(Who.values())
        .map(who ->
            DynamicTest.dynamicTest(
                who.name(),
                () -> {
                  var _ = seeded();
                  Client.Answer answer =
                      send(
                          who.client(fixture),
                          "prompts/get",
                          "recall",
                          "\"name\":\"recall\",\"arguments\":{\"topic\":\"vault\"}");
                  assertThat(answer.status()).isEqualTo(who.isKnown() ? 200 : 401);
                  assertThat(answer.text()).doesNotContain("painting");
                }));
  }

  @TestFactory
  Stream<DynamicTest> usersAreCompletedForWhoMayAskAboutThem() {
    String params =
        "\"ref\":{\"type\":\"ref/resource\",\"uri\":\"memory://users/{user_id}/runs\"},"
            + "\"argument\":{\"name\":\"user_id\",\"value\":\"\"}";
    return Stream.of(Who.values())
        .map(who ->
            DynamicTest.dynamicTest(
                who.name(),
                () -> {
                  var _ = seeded();
                  Client.Answer answer =
                      send(who.client(fixture), "completion/complete", "", params);
                  boolean sees = who.may(Right.READ) || who == Who.OTHER_AGENT;
                  assertThat(answer.text().contains("alice")).as(answer.text()).isEqualTo(sees);
                }));
  }

  /// A long-term and a short-term memory of Alice's, anew. Returns the id of the first.
  private String seeded() {
    Client alice = Who.ALICE.client(fixture);
    alice.send("DELETE", "/v1/memories?user_id=alice", null);
    alice.post(
        "/memory/add",
        "{\"text\":\"the spare key is there\",\"agent_id\":\"dev\",\"run_id\":\"run-77\",\"infer\":false}");
    return alice
        .post(
            "/memory/add", "{\"text\":\"%s\",\"agent_id\":\"dev\",\"infer\":false}".formatted(TEXT))
        .json()
        .at("/result/results/0/id")
        .asText();
  }

  private static Client.Answer send(Client client, String method, String name, String params) {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s%s}}"
            .formatted(method, META, params.isEmpty() ? "" : "," + params);
    return client.send(
        "POST",
        "/mcp",
        body,
        "Accept",
        "application/json, text/event-stream",
        "MCP-Protocol-Version",
        "2026-07-28",
        "Mcp-Method",
        method,
        "Mcp-Name",
        name.isEmpty() ? "none" : name);
  }

  private static JsonNode result(Client.Answer answer) {
    return answer.json().path("result");
  }
}
