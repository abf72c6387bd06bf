package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.auth.Issuer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens of an OAuth issuer, a real one with real keys, on this machine.
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class JwtTest {

  private static final String AUDIENCE = "https://memory.example.org/mcp";
  private static final String LIST = "/memory/list";

  @TempDir Path folder;
  private HttpServer issuerServer;
  private String issuer;
  private RSAKey key;
  private HttpFixture fixture;

  @BeforeEach
  void open() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("k1").generate();
    issuerServer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    issuer = "http://127.0.0.1:" + issuerServer.getAddress().getPort();
    serve("/keys", new JWKSet(key.toPublicJWK()).toString());
    serve("/.well-known/openid-configuration", "{\"jwks_uri\":\"%s/keys\"}".formatted(issuer));
    issuerServer.start();
    fixture =
        new HttpFixture(
            folder,
            new Issuer(URI.create(issuer), AUDIENCE, null, "sub"),
            new Limits(0, 1_000_000));
  }

  private void serve(String path, String body) {
    issuerServer.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, body.length());
            exchange.getResponseBody().write(body.getBytes(UTF_8));
          }
        });
  }

  @AfterEach
  void close() {
    fixture.close();
    issuerServer.stop(0);
  }

  @Test
  void aGoodTokenIsItsSubjectWithTheRightsOfItsScopes() throws Exception {
    Client alice = client(signed(claims -> claims));
    assertThat(alice.post("/memory/add", "{\"text\":\"x\",\"infer\":false}").status())
        .isEqualTo(200);
    assertThat(alice.get(LIST).json().at("/results/0/user_id").asText()).isEqualTo("alice");
    assertThat(alice.get(LIST + "?user_id=bob").status()).isEqualTo(403);
    assertThat(alice.send("DELETE", "/v1/memories?user_id=alice", null).status()).isEqualTo(403);
  }

  @Test
  void aTokenWithoutScopesMayDoNothing() throws Exception {
    assertThat(client(signed(claims -> claims.claim("scope", null))).get(LIST).status())
        .isEqualTo(403);
  }

  @Test
  void aTokenThatIsNotForThisServerNowIsRefused() throws Exception {
    Date past = Date.from(Clock.systemUTC().instant().minusSeconds(3_600));
    Map<String, String> bad =
        Map.of(
            "another audience", signed(claims -> claims.audience("https://other.example.org")),
            "no audience", signed(claims -> claims.audience(List.of())),
            "another issuer", signed(claims -> claims.issuer("https://evil.example")),
            "expired", signed(claims -> claims.expirationTime(past)),
            "never expires", signed(claims -> claims.expirationTime(null)),
            "no subject", signed(claims -> claims.subject(null)),
            "another key", signed(new RSAKeyGenerator(2048).keyID("k1").generate(), c -> c),
            "unknown key", signed(new RSAKeyGenerator(2048).keyID("k2").generate(), c -> c),
            "not signed", new PlainJWT(claims().build()).serialize(),
            "signed with the public key as a secret", signedWithPublicKey());
    bad.forEach(
        (what, token) -> assertThat(client(token).get(LIST).status()).as(what).isEqualTo(401));
  }

  @Test
  void aRefusalSaysWhereTokensAreHad() {
    Client.Answer answer = fixture.client().get(LIST);
    assertThat(answer.header("WWW-Authenticate"))
        .contains(
            "resource_metadata=\"https://memory.example.org/.well-known/oauth-protected-resource/mcp\"");
    assertThat(fixture.client().get("/.well-known/oauth-protected-resource/mcp").json())
        .hasToString(
            ("{\"resource\":\"%s\",\"authorization_servers\":[\"%s\"],\"scopes_supported\":["
                    + "\"memory:read\",\"memory:write\",\"memory:delete\",\"memory:admin\"],"
                    + "\"bearer_methods_supported\":[\"header\"],\"resource_name\":\"agentic-memory\"}")
                .formatted(AUDIENCE, issuer));
  }

  @Test
  void anIssuerThatIsAwayIsToldFromAWrongToken() throws Exception {
    issuerServer.stop(0);
    assertThat(client(signed(claims -> claims)).get(LIST).status()).isEqualTo(503);
  }

  @Test
  void anIssuerThatFailsIsNotAskedByEveryRequest() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    issuerServer.removeContext("/.well-known/openid-configuration");
    issuerServer.createContext(
        "/.well-known/openid-configuration",
        exchange -> {
          try (exchange) {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(500, -1);
          }
        });
    for (int i = 0; i < 3; i++) {
      assertThat(client(signed(claims -> claims)).get(LIST).status()).isEqualTo(503);
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void manyTokensOfUnknownKeysAreWrongTokensAndNoOutage() throws Exception {
    RSAKey unknown = new RSAKeyGenerator(2048).keyID("k2").generate();
    for (int i = 0; i < 6; i++) {
      assertThat(client(signed(unknown, claims -> claims)).get(LIST).status()).isEqualTo(401);
    }
    assertThat(client(signed(claims -> claims)).get(LIST).status()).isEqualTo(200);
  }

  private Client client(String token) {
    return fixture.client().bearer(token);
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .audience(AUDIENCE)
        .subject("alice")
        .claim("scope", "openid memory:read memory:write")
        .expirationTime(Date.from(Clock.systemUTC().instant().plusSeconds(600)));
  }

  private String signed(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return signed(key, change);
  }

  private String signed(RSAKey by, UnaryOperator<JWTClaimsSet.Builder> change)
      throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(by.getKeyID()).build(),
            change.apply(claims()).build());
    token.sign(new RSASSASigner(by));
    return token.serialize();
  }

  private String signedWithPublicKey() throws JOSEException, IOException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(), claims().build());
    token.sign(new MACSigner(key.toRSAPublicKey().getEncoded()));
    return token.serialize();
  }
}
