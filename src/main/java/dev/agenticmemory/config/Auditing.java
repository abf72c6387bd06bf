package dev.agenticmemory.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What `serve` notes of who did what.
///
/// @param days `AUDIT_DAYS`: how long a day's file is kept; 0 for no audit log. Default 30
/// @param texts `AUDIT_TEXTS`: whether what was said and asked is noted too. Default `false`
/// @param url `AUDIT_URL`: an Elasticsearch or OpenSearch that gets every line; null for none
/// @param index `AUDIT_INDEX`: where it goes there. Default `agentic-memory-audit`
/// @param authorization of `AUDIT_API_KEY`, or `AUDIT_USER` and `AUDIT_PASSWORD`: the header; null
///   for none
public record Auditing(
    int days, boolean texts, @Nullable URI url, String index, @Nullable Secret authorization) {

  private static final int DAYS = 30;
  private static final int DAYS_MAX = 3_650;

  static Auditing read(Config.Reader in) {
    return new Auditing(
        in.number("AUDIT_DAYS", DAYS, 0, DAYS_MAX),
        in.read("AUDIT_TEXTS", false, Auditing::flag),
        in.<@Nullable URI>read("AUDIT_URL", null, Auditing::address),
        in.text("AUDIT_INDEX", "agentic-memory-audit"),
        authorization(in));
  }

  private static @Nullable Secret authorization(Config.Reader in) {
    Secret key = in.secret("AUDIT_API_KEY");
    String user = in.text("AUDIT_USER", "");
    Secret password = in.secret("AUDIT_PASSWORD");
    if (key != null) {
      return new Secret("ApiKey " + key.value());
    }
    if (user.isEmpty() || password == null) {
      return null;
    }
    byte[] pair = (user + ":" + password.value()).getBytes(StandardCharsets.UTF_8);
    return new Secret("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException("is \"%s\"; known are [true, false]".formatted(text));
    };
  }

  private static URI address(String text) {
    URI url = URI.create(text.replaceFirst("/+$", ""));
    if (url.getHost() == null || !String.valueOf(url.getScheme()).startsWith("http")) {
      throw new IllegalArgumentException("is not an http or https address");
    }
    return url;
  }
}
