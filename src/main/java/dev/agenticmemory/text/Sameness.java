package dev.agenticmemory.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/// When two texts say the same for certain: they differ in capitals, blanks, English articles and
/// the full stop at the end, and in nothing else. Order, digits, signs and punctuation all mean
/// something: `-5` is not `5`, `C++` is not `C#`, and who owes whom is a matter of order.
public final class Sameness {

  private static final Pattern ARTICLES = Pattern.compile("\\b(?:the|a|an)\\s");
  private static final Pattern BLANKS = Pattern.compile("(?U)\\s+");
  private static final Pattern STOP = Pattern.compile("[.。!！]+$");

  private Sameness() {}

  /// What two texts that say the same have in common.
  public static String key(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    String spaced = BLANKS.matcher(plain).replaceAll(" ").strip();
    return STOP.matcher(ARTICLES.matcher(spaced).replaceAll("")).replaceAll("").strip();
  }
}
