package dev.agenticmemory.auth;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Knows whether a token is asked for, and whose a token is.
public final class Gatekeeper {

  private final TokenFile tokens;
  private final @Nullable Issuer issuer;
  private final @Nullable Jwts jwts;
  private volatile boolean locked;

  /// @param issuer null where none is configured
  public Gatekeeper(TokenFile tokens, @Nullable Issuer issuer) {
    this.tokens = tokens;
    this.issuer = issuer;
    this.jwts = issuer == null ? null : new Jwts(issuer);
  }

  /// Whether callers need a token. Once so, it stays so until the process ends, whatever becomes of
  /// the file.
  public boolean isLocked() {
    if (!locked && (jwts != null || tokens.exists())) {
      locked = true;
    }
    return locked;
  }

  /// Whose the credentials are; empty where they are nobody's.
  ///
  /// @param authorization the header: `Bearer …` or `Token …`; null where there is none
  public Optional<Admitted> admit(@Nullable String authorization) {
    String secret = secret(authorization);
    if (secret == null) {
      return Optional.empty();
    }
    if (jwts != null && secret.chars().filter(c -> c == '.').count() == 2) {
      return jwts.find(secret);
    }
    return tokens
        .find(secret)
        .map(token ->
            new Admitted(
                token.users().isEmpty() ? null : token.users().getFirst(),
                token.access(),
                token.allowance()));
  }

  public Optional<Issuer> issuer() {
    return Optional.ofNullable(issuer);
  }

  private static @Nullable String secret(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    String[] parts = authorization.strip().split(" +", 2);
    return switch (parts[0].toLowerCase(Locale.ROOT)) {
      case "bearer", "token" -> parts.length == 2 ? parts[1].strip() : null;
      default -> null;
    };
  }
}
