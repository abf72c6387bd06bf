package dev.agenticmemory.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds the part of a long text that speaks of what was asked.
public final class Excerpts {

  /// How many pieces a part is made of: more would cut closer, and take more time.
  private static final int PIECES = 8;

  /// Latin letters a token; other scripts have shorter pieces.
  private static final int CHARS_PER_TOKEN = 4;

  private Excerpts() {}

  /// `text` where it is short enough, else the part of it that has most of the different words of a
  /// query: the first of equal ones.
  ///
  /// @param terms of the query, as [Words#ofQuery] gives them
  /// @param charsMax the most characters of the answer, at least 100
  public static String of(String text, Set<String> terms, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    List<String> pieces = Passages.of(text, charsMax / PIECES / CHARS_PER_TOKEN);
    List<Set<String>> found = pieces.stream().map(piece -> found(piece, terms)).toList();
    String best = "";
    int most = -1;
    for (int from = 0; from < pieces.size(); from++) {
      StringBuilder part = new StringBuilder();
      Set<String> has = new HashSet<>();
      for (int i = from; i < pieces.size() && fits(part, pieces.get(i), charsMax); i++) {
        part.append(part.isEmpty() ? "" : " ").append(pieces.get(i));
        has.addAll(found.get(i));
      }
      if (has.size() > most && !part.isEmpty()) {
        most = has.size();
        best = part.toString();
      }
    }
    return best;
  }

  private static boolean fits(StringBuilder part, String piece, int charsMax) {
    return part.length() + 1 + piece.length() <= charsMax;
  }

  private static Set<String> found(String piece, Set<String> terms) {
    Set<String> found = new HashSet<>(Words.ofText(piece));
    found.retainAll(terms);
    return found;
  }
}
