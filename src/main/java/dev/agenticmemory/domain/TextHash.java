package dev.agenticmemory.domain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// SHA-256 of a text, blind to how its blanks and composed characters were written.
///
/// Case is kept: `Polish` and `polish` are two words.
///
/// @param hex 64 lower-case hexadecimal digits
public record TextHash(String hex) {

  private static final Pattern BLANKS = Pattern.compile("(?U)\\s+");

  public TextHash {
    if (hex.length() != 64) {
      throw new IllegalArgumentException("Not a SHA-256 in hexadecimal: " + hex);
    }
  }

  public static TextHash of(String text) {
    return new TextHash(sha256(normalised(text)));
  }

  /// What of a text its hash sees: composed characters, and one blank where there are several.
  public static String normalised(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    return BLANKS.matcher(composed).replaceAll(" ").strip();
  }

  /// SHA-256 of `text` exactly as it is, in hexadecimal.
  public static String sha256(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return hex;
  }
}
