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

  private static final String DOTS = "…";

  private Excerpts() {}

  /// `text` where it is short enough, else the part of it that has most of the different words of a
  /// query, the first of equal ones, with dots where something is left out.
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
      StringBuilder part = new StringBuilder(from > 0 ? DOTS + " " : "");
      Set<String> has = new HashSet<>();
      int to = from;
      while (to < pieces.size() && fits(part, pieces.get(to), charsMax)) {
        part.append(to > from ? " " : "").append(pieces.get(to));
        has.addAll(found.get(to));
        to++;
      }
      if (has.size() > most && to > from) {
        most = has.size();
        best = to < pieces.size() ? part + " " + DOTS : part.toString();
      }
    }
    return best;
  }

  private static boolean fits(StringBuilder part, String piece, int charsMax) {
    return part.length() + 1 + piece.length() + 1 + DOTS.length() <= charsMax;
  }

  private static Set<String> found(String piece, Set<String> terms) {
    Set<String> found = new HashSet<>(Words.ofText(piece));
    found.retainAll(terms);
    return found;
  }
}
