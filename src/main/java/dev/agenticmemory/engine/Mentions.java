package dev.agenticmemory.engine;

import dev.agenticmemory.text.Words;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which speakers of a scope a query is about: those it names, and the user where it says `I`.
///
/// @param speakers who is meant; empty for nobody in particular
/// @param names the words of the query that name them, in lower case
/// @param telling whether that tells memories apart: somebody is meant, and not everybody
record Mentions(Set<String> speakers, Set<String> names, boolean telling) {

  private static final String USER = "user";

  /// Roles are what speakers are called who have no name, and are never named.
  private static final Set<String> ROLES =
      Set.of(USER, "assistant", "system", "tool", "human", "ai");

  private static final Set<String> FIRST_PERSON =
      Set.of("i", "my", "me", "mine", "myself", "i've", "i'm", "i'd", "i'll");

  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’]\\p{L}+)*");
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern LATIN = Pattern.compile("[\\p{IsLatin}\\p{N}'’]+");

  /// Shorter words are too often one letter away from another.
  private static final int MISSPELT_CHARS_MIN = 4;

  /// From this length on, two letters may be wrong.
  private static final int MISSPELT_TWICE_CHARS_MIN = 6;

  /// One word of a query.
  ///
  /// @param plain in lower case, without accents and possessive
  private record Word(String plain, boolean capital, boolean first) {}

  /// Those in `query` of `speakers`, the distinct speakers of what is searched.
  static Mentions in(String query, List<String> speakers) {
    List<Word> words = words(query);
    Set<String> meant = new LinkedHashSet<>();
    Set<String> names = new TreeSet<>();
    for (String speaker : speakers) {
      for (String name : names(speaker)) {
        for (Word word : words) {
          if (names(word, name) || (!LATIN.matcher(name).matches() && isIn(name, query))) {
            meant.add(speaker);
            names.add(LATIN.matcher(name).matches() ? word.plain : name);
          }
        }
      }
    }
    if (speakers.contains(USER) && words.stream().anyMatch(w -> FIRST_PERSON.contains(w.plain))) {
      meant.add(USER);
    }
    return new Mentions(meant, names, !meant.isEmpty() && meant.size() < speakers.size());
  }

  /// Whether a memory of `speaker` is more likely the answer: 1 if he is named, 0 if not. Where the
  /// query only says `I`, -1 for everybody but the user: that is no evidence that the answer is
  /// here.
  double bonus(String speaker) {
    if (!telling) {
      return 0;
    }
    double match = speakers.contains(speaker) ? 1 : 0;
    return names.isEmpty() ? match - 1 : match;
  }

  /// `query` with each name in the first person, as the one who is named would have said it.
  String inFirstPerson(String query) {
    String rewritten = query;
    for (String name : names) {
      String quoted = "(?iu)(?<![\\p{L}\\p{N}])" + Pattern.quote(name);
      rewritten = rewritten.replaceAll(quoted + "['’]s(?!\\p{L})", "my");
      rewritten = rewritten.replaceAll(quoted + "(?![\\p{L}\\p{N}])", "I");
    }
    return rewritten;
  }

  /// The terms of the query that are names.
  Set<String> terms() {
    Set<String> terms = new HashSet<>();
    names.forEach(name -> terms.addAll(Words.ofQuery(name)));
    return terms;
  }

  private static Set<String> names(String speaker) {
    if (ROLES.contains(speaker.toLowerCase(Locale.ROOT))) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    words(speaker).forEach(word -> names.add(word.plain));
    return names;
  }

  private static boolean names(Word word, String name) {
    if (word.plain.equals(name)) {
      // `will` is Will only where somebody wrote it so.
      return !Words.ofQuery(name).isEmpty() || (word.capital && !word.first);
    }
    int shorter = Math.min(word.plain.length(), name.length());
    return word.capital
        && shorter >= MISSPELT_CHARS_MIN
        && word.plain.charAt(0) == name.charAt(0)
        && distance(word.plain, name) <= (shorter >= MISSPELT_TWICE_CHARS_MIN ? 2 : 1);
  }

  /// Where words are not separated a name of one character would be found in anything.
  private static boolean isIn(String name, String query) {
    return name.length() >= 2 && query.toLowerCase(Locale.ROOT).contains(name);
  }

  private static List<Word> words(String text) {
    List<Word> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      String word =
          MARKS
              .matcher(Normalizer.normalize(matcher.group(), Normalizer.Form.NFD))
              .replaceAll("")
              .replace('’', '\'');
      String lower = word.toLowerCase(Locale.ROOT);
      String plain = lower.endsWith("'s") ? lower.substring(0, lower.length() - 2) : lower;
      words.add(new Word(plain, !word.equals(lower), words.isEmpty()));
    }
    return words;
  }

  /// In how many letters two words differ (Levenshtein).
  private static int distance(String left, String right) {
    int[] before = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] row = new int[right.length() + 1];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int changed = before[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(before[j], row[j - 1]) + 1);
      }
      before = row;
    }
    return before[right.length()];
  }
}
