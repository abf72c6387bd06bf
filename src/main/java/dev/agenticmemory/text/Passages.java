package dev.agenticmemory.text;

import dev.agenticmemory.domain.Unicode;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;

/// Splits a text into passages that an embedding model reads whole, at the borders a reader would
/// choose: paragraphs, lines, sentences, words. No passage is blank, and nothing but blanks is
/// lost.
public final class Passages {

  // Word pieces per character, by measurement on the tokenizers of BERT: English has about four
  // letters a piece (1,000 characters are the 256 pieces of a small model), other alphabets fewer,
  // and Han characters are a piece each.
  private static final double PIECES_LATIN = 0.256;
  private static final double PIECES_OTHER = 0.6;
  private static final double PIECES_CHARACTER = 1.0;

  /// A border is taken only in the later part of what fits, so that passages do not get tiny.
  private static final double BORDER_FROM = 0.5;

  private Passages() {}

  /// The passages of `text`, in order.
  ///
  /// @param windowTokens how many tokens the model reads well
  public static List<String> of(String text, int windowTokens) {
    List<String> passages = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = end(text, start, windowTokens);
      String passage = text.substring(start, end).strip();
      if (!Unicode.isBlank(passage)) {
        passages.add(passage);
      }
      start = end;
    }
    return passages;
  }

  private static int end(String text, int start, int windowTokens) {
    double pieces = 0;
    int at = start;
    while (at < text.length()) {
      int c = text.codePointAt(at);
      pieces += pieces(c);
      if (pieces > windowTokens) {
        return at == start ? at + Character.charCount(c) : border(text, start, at);
      }
      at += Character.charCount(c);
    }
    return at;
  }

  /// The best place at or before `limit` to end a passage that began at `start`.
  private static int border(String text, int start, int limit) {
    int from = start + (int) ((limit - start) * BORDER_FROM);
    int best = limit;
    int bestRank = 0;
    for (int at = limit; at > from; at--) {
      int rank = rank(text, at);
      if (rank > bestRank) {
        best = at;
        bestRank = rank;
      }
    }
    return best;
  }

  /// How good a border it is between the characters before and at `at`; 0 for none.
  private static int rank(String text, int at) {
    char before = text.charAt(at - 1);
    if (before == '\n') {
      return at >= 2 && text.charAt(at - 2) == '\n' ? 5 : 4;
    }
    if ("。！？；".indexOf(before) >= 0) {
      return 3;
    }
    if (Character.isWhitespace(before)) {
      return at >= 2 && ".!?".indexOf(text.charAt(at - 2)) >= 0 ? 3 : 2;
    }
    return before == '，' || before == '、' ? 1 : 0;
  }

  private static double pieces(int c) {
    if (c < 0x250) {
      return PIECES_LATIN;
    }
    return switch (UnicodeScript.of(c)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL -> PIECES_CHARACTER;
      default -> PIECES_OTHER;
    };
  }
}
