package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Right;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every route, asked by everybody, about a memory of Alice's.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class RestMatrixTest {

  private static final String TEXT = "the vault is behind the painting";

  @TempDir static Path folder;
  private HttpFixture fixture;

  /// One route as it is asked.
  ///
  /// @param needs the right that it takes
  /// @param byId whether the memory is named by its id, so that for others there is none
  private record Ask(
      String method, String route, String path, @Nullable String body, Right needs, boolean byId) {}

  private static final List<Ask> ASKS =
      List.of(
          ask(
              "POST",
              "/v1/memories",
              "{%s,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
              Right.WRITE),
          ask("POST", "/v2/memories/search", "{%s,\"query\":\"vault\"}", Right.READ),
          ask("DELETE", "/v1/memories", null, Right.DELETE),
          ask("POST", "/memory/add", "{%s,\"text\":\"x\"}", Right.WRITE),
          ask(
              "POST",
              "/memory/dream",
              "{%s,\"text\":\"x\",\"custom_extraction_prompt\":\"p\"}",
              Right.WRITE),
          ask("POST", "/memory/search", "{%s,\"query\":\"vault\"}", Right.READ),
          ask("GET", "/memory/search", null, Right.READ),
          ask("POST", "/memory/search_combined", "{%s,\"query\":\"vault\"}", Right.READ),
          ask("GET", "/memory/list", null, Right.READ),
          new Ask(
              "PUT",
              "/memory/update",
              "/memory/update",
              "{\"memory_id\":\"%s\",\"text\":\"" + TEXT + "\"}",
              Right.WRITE,
              true),
          new Ask("GET", "/memory/history/{id}", "/memory/history/%s", null, Right.READ, true),
          new Ask("GET", "/memory/{id}", "/memory/%s", null, Right.READ, true),
          new Ask("DELETE", "/memory/{id}", "/memory/%s", null, Right.DELETE, true));

  private static Ask ask(String method, String route, @Nullable String body, Right needs) {
    return new Ask(method, route, route, body, needs, false);
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
  void everyRouteIsInTheTable() {
    assertThat(ASKS.stream().map(ask -> ask.method() + " " + ask.route()))
        .containsExactlyInAnyOrderElementsOf(
            fixture.routes().stream().map(route -> route.method() + " " + route.path()).toList());
  }

  @TestFactory
  Stream<DynamicTest> nobodyGetsFurtherThanItsToken() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Ask ask : ASKS) {
      for (Who who : Who.values()) {
        tests.add(
            DynamicTest.dynamicTest(
                "%s %s by %s".formatted(ask.method(), ask.route(), who), () -> check(ask, who)));
      }
    }
    return tests.stream();
  }

  /// Paths that begin as one that is open to everybody, and lead elsewhere.
  private static final List<String> DETOURS =
      List.of(
          "/health/..%s",
          "/health/../.%s",
          "/health/live/../..%s",
          "/health/x/..;y/..%s",
          "/health/%%2e%%2e%s",
          "/openapi.json/..%s",
          "/.well-known/..%s",
          "/.well-known/oauth-protected-resource/../..%s",
          "/.%s",
          "/%s",
          "/;x%s");

  @TestFactory
  Stream<DynamicTest> noDetourLeadsPastTheDoor() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Ask ask : ASKS) {
      for (String detour : DETOURS) {
        tests.add(
            DynamicTest.dynamicTest(
                "%s %s by %s".formatted(ask.method(), ask.route(), detour),
                () -> checkDetour(ask, detour)));
      }
    }
    for (String detour : DETOURS) {
      Ask metrics = ask("GET", "/metrics", null, Right.ADMIN);
      tests.add(
          DynamicTest.dynamicTest("metrics by " + detour, () -> checkDetour(metrics, detour)));
    }
    return tests.stream();
  }

  private void checkDetour(Ask ask, String detour) throws IOException {
    String id = seeded();
    String body =
        ask.body() == null
            ? ""
            : ask.body().formatted(ask.byId() ? id : "\"user_id\":\"alice\",\"agent_id\":\"dev\"");
    String path = detour.formatted(ask.byId() ? ask.path().formatted(id) : ask.path());
    String answer =
        RawClient.exchange(
            fixture.client().port(),
            "%s %s%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                .formatted(
                    ask.method(),
                    path,
                    ask.byId() ? "" : "?user_id=alice&query=vault",
                    body.length(),
                    body));
    assertThat(answer).containsPattern("^HTTP/1.1 40[01] ").doesNotContain("vault", "painting");
    assertThat(
            send(Who.ALICE.client(fixture), ASKS.get(11), id).json().at("/result/memory").asText())
        .isEqualTo(TEXT);
  }

  private void check(Ask ask, Who who) {
    String id = seeded();
    Client.Answer answer = send(who.client(fixture), ask, id);
    int expected = expected(ask, who);
    assertThat(answer.status()).as(answer.text()).isEqualTo(expected);
    if (expected != 200) {
      assertThat(answer.text()).doesNotContain("vault", "painting");
      assertThat(
              send(Who.ALICE.client(fixture), ASKS.get(11), id)
                  .json()
                  .at("/result/memory")
                  .asText())
          .isEqualTo(TEXT);
    }
  }

  /// The one memory of Alice's, anew.
  private String seeded() {
    Client alice = Who.ALICE.client(fixture);
    alice.send("DELETE", "/v1/memories?user_id=alice", null);
    return alice
        .post(
            "/memory/add", "{\"text\":\"%s\",\"agent_id\":\"dev\",\"infer\":false}".formatted(TEXT))
        .json()
        .at("/result/results/0/id")
        .asText();
  }

  private static Client.Answer send(Client client, Ask ask, String id) {
    if (ask.byId()) {
      return client.send(
          ask.method(),
          ask.path().formatted(id),
          ask.body() == null ? null : ask.body().formatted(id));
    }
    String where = "\"user_id\":\"alice\",\"agent_id\":\"dev\"";
    return ask.body() == null
        ? client.send(
            ask.method(),
            ask.path()
                + (ask.needs() == Right.DELETE
                    ? "?user_id=alice"
                    : "?user_id=alice&agent_id=dev&query=vault"),
            null)
        : client.send(ask.method(), ask.path(), ask.body().formatted(where));
  }

  private static int expected(Ask ask, Who who) {
    if (!who.isKnown()) {
      return 401;
    }
    if (who.may(ask.needs())) {
      return 200;
    }
    boolean other = who == Who.OTHER_USER || who == Who.OTHER_AGENT;
    return other && ask.byId() ? 404 : 403;
  }
}
