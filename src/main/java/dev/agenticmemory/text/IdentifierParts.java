package dev.agenticmemory.text;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.jspecify.annotations.Nullable;

/// Adds to each identifier, file name and version what it is made of, at the same place:
/// `retryPolicy.java` is also `retryPolicy`, `retry`, `Policy` and `java`.
final class IdentifierParts extends TokenFilter {

  private static final Pattern JOINTS = Pattern.compile("[._:]+");
  private static final Pattern HUMPS =
      Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
  private final PositionIncrementAttribute step = addAttribute(PositionIncrementAttribute.class);
  private final Deque<String> parts = new ArrayDeque<>();
  private @Nullable State whole;

  IdentifierParts(TokenStream input) {
    super(input);
  }

  @Override
  public boolean incrementToken() throws IOException {
    String part = parts.poll();
    if (part != null) {
      restoreState(whole);
      term.setEmpty().append(part);
      step.setPositionIncrement(0);
      return true;
    }
    if (!input.incrementToken()) {
      return false;
    }
    Set<String> found = new LinkedHashSet<>();
    split(term.toString(), found);
    if (!found.isEmpty()) {
      parts.addAll(found);
      whole = captureState();
    }
    return true;
  }

  private static void split(String token, Set<String> found) {
    for (Pattern border : new Pattern[] {JOINTS, HUMPS}) {
      String[] pieces = border.split(token, -1);
      if (pieces.length > 1) {
        for (String piece : pieces) {
          add(piece, found);
        }
        return;
      }
    }
  }

  /// One character says nothing.
  private static void add(String piece, Set<String> found) {
    if (piece.length() > 1) {
      found.add(piece);
      split(piece, found);
    }
  }

  @Override
  public void reset() throws IOException {
    super.reset();
    parts.clear();
    whole = null;
  }
}
