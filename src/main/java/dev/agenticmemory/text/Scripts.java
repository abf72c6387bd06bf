package dev.agenticmemory.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

/// In which scripts a text is written.
public final class Scripts {

  /// A character that is a word or a syllable counts as so many letters.
  private static final int LETTERS_OF_IDEOGRAPH = 3;

  private Scripts() {}

  /// How many letters of each script `text` has; characters that are words or syllables count
  /// three.
  public static Map<UnicodeScript, Integer> letters(String text) {
    Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
    text.codePoints()
        .filter(Character::isLetter)
        .forEach(c ->
            letters.merge(
                UnicodeScript.of(c), isIdeographic(c) ? LETTERS_OF_IDEOGRAPH : 1, Integer::sum));
    return letters;
  }

  /// The share of the letters of `text` that are in scripts that `reads` is true of; 1 where it has
  /// no letters.
  public static double share(String text, Predicate<UnicodeScript> reads) {
    int read = 0;
    int all = 0;
    for (Map.Entry<UnicodeScript, Integer> entry : letters(text).entrySet()) {
      all += entry.getValue();
      read += reads.test(entry.getKey()) ? entry.getValue() : 0;
    }
    return all == 0 ? 1 : (double) read / all;
  }

  /// Whether words of the script of a character are written without blanks between them.
  public static boolean isWithoutBlanks(int c) {
    return switch (UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
      default -> false;
    };
  }

  /// Whether a character is one of those that Chinese, Japanese and Korean are written in.
  static boolean isIdeographic(int c) {
    return switch (UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL -> true;
      default -> false;
    };
  }
}
