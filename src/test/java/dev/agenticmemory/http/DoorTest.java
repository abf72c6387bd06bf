package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.auth.Allowance;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.domain.Right;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is let in by a token, and how far.
final class DoorTest {

  private static final Right[] ALL = Right.values();
  private static final Limits LIMITS = new Limits(0, 1_000_000);
  private static final String LIST = "/memory/list?user_id=alice";

  @TempDir Path folder;

  @Test
  void nobodyNeedsATokenUntilOneIsMade() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      assertThat(fixture.client().get(LIST).status()).isEqualTo(200);
      String secret = fixture.token(List.of(), List.of(), ALL).secret();
      Client.Answer refused = fixture.client().get(LIST);
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"agentic-memory\"");
      assertThat(refused.json().path("detail").asText()).contains("Authorization: Bearer");
      assertThat(fixture.client().bearer(secret).get(LIST).status()).isEqualTo(200);
      assertThat(fixture.client().get("/health").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer %s", "Token %s", "token %s", "bearer  %s"})
  void bothSchemesAreTaken(String scheme) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      String secret = fixture.token(List.of(), List.of(), ALL).secret();
      Client client = new Client(fixture.client().port(), scheme.formatted(secret));
      assertThat(client.get(LIST).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic %s", "%s", "Bearer", "Bearer %sx", "Bearer x", "Bearer a.b.c"})
  void anythingElseIsRefused(String header) {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      String secret = fixture.token(List.of(), List.of(), ALL).secret();
      Client client = new Client(fixture.client().port(), header.formatted(secret));
      Client.Answer answer = client.get(LIST);
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_token\"");
    }
  }

  @Test
  void aRevokedTokenIsRefusedAtOnceAndTheLastOneOpensNothing() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      TokenFile.Created token = fixture.token(List.of(), List.of(), ALL);
      Client client = fixture.client().bearer(token.secret());
      assertThat(client.get(LIST).status()).isEqualTo(200);
      fixture.tokens().revoke(token.token().id());
      assertThat(client.get(LIST).status()).isEqualTo(401);
      assertThat(fixture.client().get(LIST).status()).isEqualTo(401);
    }
  }

  @Test
  void anExpiredTokenIsRefused() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Instant past = Instant.parse("2020-01-01T00:00:00Z");
      String secret = fixture.token(List.of(), List.of(), past, ALL).secret();
      assertThat(fixture.client().bearer(secret).get(LIST).status()).isEqualTo(401);
    }
  }

  @Test
  void theFileHoldsNoTokenAndIsItsOwnersAlone() throws Exception {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      String secret = fixture.token(List.of("alice"), List.of(), ALL).secret();
      Path file = folder.resolve("tokens.json");
      assertThat(Files.readString(file)).contains("alice").doesNotContain(secret);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void aDamagedFileLetsNobodyIn() throws Exception {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      String secret = fixture.token(List.of(), List.of(), ALL).secret();
      Files.writeString(folder.resolve("tokens.json"), "{\"tok");
      assertThat(fixture.client().bearer(secret).get(LIST).status()).isEqualTo(503);
      Files.delete(folder.resolve("tokens.json"));
      assertThat(fixture.client().get(LIST).status()).isEqualTo(401);
    }
  }

  @Test
  void theTokensUserWinsOverTheArgument() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client alice =
          fixture.client().bearer(fixture.token(List.of("alice"), List.of(), ALL).secret());
      assertThat(alice.post("/memory/add", "{\"text\":\"mine\",\"infer\":false}").status())
          .isEqualTo(200);
      assertThat(alice.get("/memory/list").json().at("/results/0/user_id").asText())
          .isEqualTo("alice");
      Client.Answer other = alice.get("/memory/list?user_id=bob");
      assertThat(other.status()).isEqualTo(403);
      assertThat(other.json().path("detail").asText()).contains("Leave user_id out");
    }
  }

  @Test
  void aRunAloneMeansTheRunOfTheTokensUser() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      for (String user : List.of("alice", "bob")) {
        fixture
            .client()
            .post(
                "/memory/add",
                "{\"user_id\":\"%s\",\"run_id\":\"r\",\"text\":\"x\"}".formatted(user));
      }
      Client bob = fixture.client().bearer(fixture.token(List.of("bob"), List.of(), ALL).secret());
      Client alice =
          fixture.client().bearer(fixture.token(List.of("alice"), List.of(), ALL).secret());
      assertThat(bob.send("DELETE", "/v1/memories?run_id=r", null).json().path("deleted").asInt())
          .isEqualTo(1);
      assertThat(alice.get("/memory/list?run_id=r").json().path("total").asInt()).isEqualTo(1);
    }
  }

  @Test
  void aTokenOfAnAgentSeesThatAgentAndWhatIsShared() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Client free = fixture.client();
      String own = add(free, "dev", "secret of dev", "note");
      String others = add(free, "ops", "secret of ops", "note");
      String shared = add(free, "ops", "secret that is shared", "experience");
      Client dev = free.bearer(fixture.token(List.of("alice"), List.of("dev"), ALL).secret());
      assertThat(dev.get("/memory/list").json().path("results").findValuesAsText("memory"))
          .containsExactlyInAnyOrder("secret of dev", "secret that is shared");
      assertThat(dev.get("/memory/" + own).status()).isEqualTo(200);
      assertThat(dev.get("/memory/" + shared).status()).isEqualTo(200);
      assertThat(dev.get("/memory/" + others).status()).isEqualTo(404);
      assertThat(dev.send("DELETE", "/memory/" + shared, null).status()).isEqualTo(404);
      assertThat(dev.send("DELETE", "/v1/memories?user_id=alice", null).status()).isEqualTo(403);
      assertThat(dev.get("/memory/list?agent_id=ops").status()).isEqualTo(403);
    }
  }

  @Test
  void aTokenOfAnAgentForgetsThatAgentsPartOfARunAndNoOther() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      for (String agent : List.of("dev", "ops")) {
        fixture
            .client()
            .post(
                "/memory/add",
                "{\"user_id\":\"alice\",\"run_id\":\"r\",\"agent_id\":\"%s\",\"text\":\"of %s\",\"infer\":false}"
                    .formatted(agent, agent));
      }
      String run = "/v1/memories?run_id=r";
      Client both =
          fixture.client().bearer(fixture.token(List.of(), List.of("dev", "web"), ALL).secret());
      assertThat(both.send("DELETE", run, null).status()).isEqualTo(403);
      Client dev = fixture.client().bearer(fixture.token(List.of(), List.of("dev"), ALL).secret());
      assertThat(dev.send("DELETE", run, null).json().path("deleted").asInt()).isEqualTo(1);
      Client admin = fixture.client().bearer(fixture.token(List.of(), List.of(), ALL).secret());
      assertThat(
              admin
                  .get("/memory/list?user_id=alice&run_id=r")
                  .json()
                  .path("results")
                  .findValuesAsText("memory"))
          .containsExactly("of ops");
    }
  }

  private static String add(Client client, String agent, String text, String category) {
    return client
        .post(
            "/memory/add",
            "{\"user_id\":\"alice\",\"agent_id\":\"%s\",\"text\":\"%s\",\"category\":\"%s\",\"infer\":false}"
                .formatted(agent, text, category))
        .json()
        .at("/result/results/0/id")
        .asText();
  }

  @Test
  void aTokenThatAsksTooOftenIsToldWhenToGoOnAndOthersAreNot() {
    try (HttpFixture fixture = new HttpFixture(folder, null, new Limits(6, 1_000_000))) {
      Client one = fixture.client().bearer(fixture.token(List.of(), List.of(), ALL).secret());
      Client two = fixture.client().bearer(fixture.token(List.of(), List.of(), ALL).secret());
      assertThat(one.get(LIST).status()).isEqualTo(200);
      Client.Answer answer = one.get(LIST);
      assertThat(answer.status()).isEqualTo(429);
      assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 11);
      assertThat(two.get(LIST).status()).isEqualTo(200);
    }
  }

  @Test
  void aTokensOwnRateHoldsInPlaceOfThatOfAll() {
    try (HttpFixture fixture = new HttpFixture(folder, null, new Limits(6, 1_000_000))) {
      Client slower = fixture.client().bearer(fixture.token(new Allowance(1, null)).secret());
      Client faster = fixture.client().bearer(fixture.token(new Allowance(600, null)).secret());
      Client free = fixture.client().bearer(fixture.token(new Allowance(0, null)).secret());
      assertThat(slower.get(LIST).status()).isEqualTo(200);
      Client.Answer answer = slower.get(LIST);
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.json().path("detail").asText()).contains("More than 1 requests a minute");
      assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(11, 61);
      for (int i = 0; i < 20; i++) {
        assertThat(faster.get(LIST).status()).isEqualTo(200);
        assertThat(free.get(LIST).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aTokensOwnLongestBodyHoldsInPlaceOfThatOfAll() {
    try (HttpFixture fixture = new HttpFixture(folder, null, new Limits(0, 4_000))) {
      Client small = fixture.client().bearer(fixture.token(new Allowance(null, 2_000)).secret());
      Client usual = fixture.client().bearer(fixture.token(Allowance.USUAL).secret());
      Client large = fixture.client().bearer(fixture.token(new Allowance(null, 8_000)).secret());
      assertThat(small.post("/memory/add", add(3_000)).status()).isEqualTo(413);
      assertThat(usual.post("/memory/add", add(3_000)).status()).isEqualTo(200);
      assertThat(usual.post("/memory/add", add(6_000)).status()).isEqualTo(413);
      assertThat(large.post("/memory/add", add(6_000)).status()).isEqualTo(200);
    }
  }

  private static String add(int chars) {
    return "{\"user_id\":\"u\",\"infer\":false,\"text\":\"%s\"}".formatted("x".repeat(chars));
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedWithOrWithoutItsLength() throws Exception {
    try (HttpFixture fixture = new HttpFixture(folder, null, new Limits(0, 2_000))) {
      String body = "{\"user_id\":\"u\",\"text\":\"%s\"}".formatted("x".repeat(3_000));
      Client.Answer answer = fixture.client().post("/memory/add", body);
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.json().path("detail").asText()).contains("2,000 bytes");
      String chunked =
          RawClient.exchange(
              fixture.client().port(),
              "POST /memory/add HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                  + "Connection: close\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                      .formatted(body.length(), body));
      assertThat(chunked).startsWith("HTTP/1.1 413").contains("2,000 bytes");
      assertThat(fixture.client().get("/memory/list?user_id=u").json().path("total").asInt())
          .isZero();
    }
  }

  @Test
  void limitsAreOfATokenAndNotOfWhoeverIsOnThisMachine() {
    try (HttpFixture fixture =
        new HttpFixture(folder, null, new Limits(1, LIMITS.bodyBytesMax()))) {
      for (int i = 0; i < 20; i++) {
        assertThat(fixture.client().get(LIST).status()).isEqualTo(200);
      }
    }
  }
}
