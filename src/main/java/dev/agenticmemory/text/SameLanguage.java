package dev.agenticmemory.text;

import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether one text is in the language of another, as far as scripts and small words tell.
public final class SameLanguage {

  /// Of the other text, how much must be in a script for a text in that script to be no
  /// translation.
  private static final double SHARE_MIN = 0.15;

  /// A character of these scripts says about as much as this many letters.
  private static final int IDEOGRAPH_WEIGHT = 3;

  /// Japanese of this many characters has some kana.
  private static final int KANA_EXPECTED_CHARS = 12;

  private static final Pattern WORDS = Pattern.compile("\\P{L}+");

  private static final Map<String, Set<String>> SMALL_WORDS =
      Map.of(
          "en",
          Set.of(
              "the", "and", "is", "are", "of", "with", "has", "have", "does", "not", "for", "from",
              "lives", "likes", "works", "wants", "my", "i", "to", "on", "at", "by", "his", "her"),
          "de",
          Set.of(
              "der", "die", "das", "und", "ist", "sind", "ich", "nicht", "mit", "ein", "eine",
              "einen", "mein", "meine", "für", "von", "auf", "zu", "hat", "habe", "bin", "dem",
              "den", "im", "am", "nach", "bei", "mag", "wohnt"),
          "fr",
          Set.of(
              "le", "la", "les", "et", "est", "je", "une", "des", "pas", "avec", "pour", "mon",
              "ma", "dans", "du", "il", "elle"),
          "es",
          Set.of(
              "el", "los", "las", "y", "es", "una", "con", "para", "mi", "no", "en", "que", "soy",
              "tengo", "vive"));

  private SameLanguage() {}

  /// Whether `text` may be in a language of `source`; true where nothing tells.
  public static boolean isOf(String text, String source) {
    Map<UnicodeScript, Integer> scripts = scripts(text);
    Map<UnicodeScript, Integer> sources = scripts(source);
    if (scripts.isEmpty() || sources.isEmpty()) {
      return true;
    }
    UnicodeScript main = main(scripts);
    if (share(sources, main) < SHARE_MIN) {
      return false;
    }
    if (main == UnicodeScript.HAN) {
      boolean japanese = share(sources, UnicodeScript.HIRAGANA) >= SHARE_MIN;
      return !japanese
          || text.length() < KANA_EXPECTED_CHARS
          || scripts.containsKey(UnicodeScript.HIRAGANA);
    }
    return main != UnicodeScript.LATIN || sameLatin(text, source);
  }

  private static boolean sameLatin(String text, String source) {
    String of = latin(text);
    String expected = latin(source);
    return of.isEmpty() || expected.isEmpty() || of.equals(expected);
  }

  /// The language whose small words are the most; empty where that is not clear.
  private static String latin(String text) {
    String[] words = WORDS.split(text.toLowerCase(Locale.ROOT), -1);
    String best = "";
    int most = 0;
    int second = 0;
    for (Map.Entry<String, Set<String>> language : SMALL_WORDS.entrySet()) {
      int hits = 0;
      for (String word : words) {
        hits += language.getValue().contains(word) ? 1 : 0;
      }
      if (hits > most) {
        second = most;
        most = hits;
        best = language.getKey();
      } else {
        second = Math.max(second, hits);
      }
    }
    return most > second ? best : "";
  }

  private static Map<UnicodeScript, Integer> scripts(String text) {
    Map<UnicodeScript, Integer> scripts = new EnumMap<>(UnicodeScript.class);
    text.codePoints()
        .filter(Character::isLetter)
        .forEach(c -> {
          UnicodeScript script = UnicodeScript.of(c);
          switch (script) {
            case COMMON, INHERITED, UNKNOWN -> {}
            case KATAKANA, HIRAGANA ->
                scripts.merge(UnicodeScript.HIRAGANA, IDEOGRAPH_WEIGHT, Integer::sum);
            case HAN, HANGUL -> scripts.merge(script, IDEOGRAPH_WEIGHT, Integer::sum);
            default -> scripts.merge(script, 1, Integer::sum);
          }
        });
    return scripts;
  }

  private static UnicodeScript main(Map<UnicodeScript, Integer> scripts) {
    return scripts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private static double share(Map<UnicodeScript, Integer> scripts, UnicodeScript script) {
    double all = scripts.values().stream().mapToInt(Integer::intValue).sum();
    return scripts.getOrDefault(script, 0) / all;
  }
}
