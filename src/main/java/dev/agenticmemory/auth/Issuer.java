package dev.agenticmemory.auth;

import dev.agenticmemory.domain.Right;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// An OAuth 2.1 issuer whose tokens are taken.
///
/// @param url as it stands in the claim `iss`
/// @param audience as it stands in the claim `aud`: this server, as the issuer knows it
/// @param keys where the issuer's keys are; null where its metadata says so
/// @param userClaim the claim that names the user
public record Issuer(URI url, String audience, @Nullable URI keys, String userClaim) {

  /// What a right is called among the scopes of a token.
  public static String scope(Right right) {
    return "memory:" + right.word();
  }
}
