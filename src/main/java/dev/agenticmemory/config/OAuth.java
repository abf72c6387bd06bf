package dev.agenticmemory.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// An OAuth 2.1 issuer whose tokens `serve` takes.
///
/// @param issuer `OAUTH_ISSUER`: as it stands in the tokens
/// @param audience `OAUTH_AUDIENCE`: this server as the issuer knows it; best its own address, such
///   as `https://memory.example.org/mcp`
/// @param keys `OAUTH_JWKS_URL`: where the issuer's keys are; null where its metadata says so
/// @param userClaim `OAUTH_USER_CLAIM`: the claim that names the user. Default `sub`
public record OAuth(URI issuer, String audience, @Nullable URI keys, String userClaim) {

  /// The settings; null where there is no `OAUTH_ISSUER`.
  static @Nullable OAuth read(Config.Reader in) {
    URI issuer = in.<@Nullable URI>read("OAUTH_ISSUER", null, OAuth::address);
    String audience = in.text("OAUTH_AUDIENCE", "");
    URI keys = in.<@Nullable URI>read("OAUTH_JWKS_URL", null, OAuth::address);
    String claim = in.text("OAUTH_USER_CLAIM", "sub");
    if (issuer == null) {
      return null;
    }
    if (audience.isEmpty()) {
      in.problem("OAUTH_AUDIENCE: is not set, and OAUTH_ISSUER is");
    }
    return new OAuth(issuer, audience, keys, claim);
  }

  private static URI address(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !String.valueOf(url.getScheme()).startsWith("http")) {
      throw new IllegalArgumentException("is not an http or https address");
    }
    return url;
  }
}
