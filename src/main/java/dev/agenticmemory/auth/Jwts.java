package dev.agenticmemory.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tokens of an [Issuer]: signed by one of its keys, for this server, not expired.
final class Jwts {

  private static final int CONNECT_MS_MAX = 3_000;
  private static final int READ_MS_MAX = 3_000;
  private static final Duration FAILURE_REMEMBERED = Duration.ofSeconds(30);
  private static final int KEYS_BYTES_MAX = 256 * 1024;

  /// Those with a public key: with a shared secret whoever checks could also sign.
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final Issuer issuer;
  private final DefaultResourceRetriever http =
      new DefaultResourceRetriever(CONNECT_MS_MAX, READ_MS_MAX, KEYS_BYTES_MAX);
  private final ReentrantLock discovering = new ReentrantLock();
  private volatile @Nullable DefaultJWTProcessor<SecurityContext> processor;
  private volatile @Nullable Failure failure;
  private volatile boolean hasKeys;

  /// The last time that the issuer did not say where its keys are.
  private record Failure(long atNanos, Unavailable what) {
    boolean isFresh() {
      return System.nanoTime() - atNanos < FAILURE_REMEMBERED.toNanos();
    }
  }

  Jwts(Issuer issuer) {
    this.issuer = issuer;
  }

  /// Who a token is for, and what it allows; empty where it is not one of the issuer's for us.
  /// Throws [Unavailable] where the issuer's keys cannot be had.
  Optional<Admitted> find(String token) {
    try {
      return admitted(processor().process(token, null));
    } catch (RateLimitReachedException e) {
      if (hasKeys) {
        return Optional.empty(); // The keys are of a moment ago, and this one is not among them.
      }
      throw unreachable(e);
    } catch (KeySourceException e) {
      throw unreachable(e);
    } catch (ParseException | BadJOSEException | JOSEException _) {
      return Optional.empty();
    }
  }

  private Optional<Admitted> admitted(JWTClaimsSet claims) throws ParseException {
    String name = claims.getStringClaim(issuer.userClaim());
    if (name == null) {
      return Optional.empty();
    }
    try {
      UserId user = new UserId(name);
      Access access =
          new Access(issuer.url().getHost() + ":" + name, Set.of(user), Set.of(), rights(claims));
      return Optional.of(new Admitted(user, access, Allowance.USUAL));
    } catch (InvalidInput _) {
      return Optional.empty();
    }
  }

  private static Set<Right> rights(JWTClaimsSet claims) throws ParseException {
    String scope = claims.getStringClaim("scope");
    List<String> scopes = scope == null ? List.of() : List.of(scope.split(" ", -1));
    Set<Right> rights = EnumSet.noneOf(Right.class);
    for (Right right : Right.values()) {
      if (scopes.contains(Issuer.scope(right))) {
        rights.add(right);
      }
    }
    return rights;
  }

  private DefaultJWTProcessor<SecurityContext> processor() {
    DefaultJWTProcessor<SecurityContext> known = processor;
    if (known != null) {
      return known;
    }
    requireHope();
    discovering.lock();
    try {
      known = processor;
      if (known == null) {
        requireHope();
        known = processor(keys());
        processor = known;
      }
      return known;
    } finally {
      discovering.unlock();
    }
  }

  /// Requests that anybody may send must neither wait for an issuer that is away nor ask it each
  /// time.
  private void requireHope() {
    Failure last = failure;
    if (last != null && last.isFresh()) {
      throw last.what();
    }
  }

  private DefaultJWTProcessor<SecurityContext> processor(JWKSource<SecurityContext> keys) {
    DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
    made.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    made.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    made.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            issuer.audience(),
            new JWTClaimsSet.Builder().issuer(issuer.url().toString()).build(),
            Set.of("exp", issuer.userClaim())));
    return made;
  }

  private JWKSource<SecurityContext> keys() {
    try {
      URL url = (issuer.keys() == null ? discovered() : issuer.keys()).toURL();
      JWKSource<SecurityContext> source = JWKSourceBuilder.create(url, http).retrying(true).build();
      return (selector, context) -> {
        List<JWK> keys = source.get(selector, context);
        hasKeys = true;
        return keys;
      };
    } catch (IOException | IllegalArgumentException e) {
      Unavailable what = unreachable(e);
      failure = new Failure(System.nanoTime(), what);
      throw what;
    }
  }

  private URI discovered() throws IOException {
    String base = issuer.url().toString().replaceFirst("/$", "");
    URL metadata = URI.create(base + "/.well-known/openid-configuration").toURL();
    String body = http.retrieveResource(metadata).getContent();
    return URI.create(Json.parse(body).path("jwks_uri").asText());
  }

  private Unavailable unreachable(Exception e) {
    return new Unavailable(
        "The keys of %s cannot be had".formatted(issuer.url()),
        "Try again later; if it stays so, set OAUTH_JWKS_URL.",
        e);
  }
}
