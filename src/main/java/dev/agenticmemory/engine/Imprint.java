package dev.agenticmemory.engine;

import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.text.Scripts;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// By what an entry of a file is known again, though nobody can read it here: fingerprints under
/// the store's key, which may stay when its user has deleted what it said.
///
/// @param entry of all of it
/// @param heading of what it stands under
/// @param body of what stands below that; empty where that is too short to be known by it alone
/// @param begun of what another one begins with that goes on from here: all of it, or the deleted
///   text that it went on from itself
/// @param length of that, in characters as [TextHash#normalised] leaves them; 0 where nothing goes
///   on from here
record Imprint(String entry, String heading, String body, String begun, int length) {

  /// A shorter text may be said by chance: by its words alone nothing is kept away.
  private static final int CHARS_MIN = 20;

  private static final int WORDS_MIN = 4;

  /// As much, where a character is a word or a syllable.
  private static final int CHARS_WITHOUT_BLANKS_MIN = 12;

  /// Of what is never taken half.
  Imprint(String entry, String heading, String body) {
    this(entry, heading, body, entry, 0);
  }

  /// Whether a text is long enough to be known by its words alone, wherever it stands.
  static boolean isTelling(String text) {
    String normalised = TextHash.normalised(text);
    return (normalised.length() >= CHARS_MIN && words(normalised) >= WORDS_MIN)
        || normalised.codePoints().filter(Scripts::isWithoutBlanks).count()
            >= CHARS_WITHOUT_BLANKS_MIN;
  }

  private static long words(String normalised) {
    return Stream.of(normalised.split(" ", -1))
        .filter(word -> word.codePoints().anyMatch(Character::isLetterOrDigit))
        .count();
  }

  /// Whether a text is this one with more behind it.
  ///
  /// @param fingerprint makes [#entry] of a text
  boolean isContinuedBy(String text, UnaryOperator<String> fingerprint) {
    String whole = TextHash.normalised(text);
    return length > 0
        && whole.length() > length
        && !isInWord(whole, length)
        && fingerprint.apply(whole.substring(0, length)).equals(begun);
  }

  private static boolean isInWord(String text, int at) {
    return isOfWord(text.codePointBefore(at)) && isOfWord(text.codePointAt(at));
  }

  private static boolean isOfWord(int c) {
    return Character.isLetterOrDigit(c) && !Scripts.isWithoutBlanks(c);
  }

  /// Of the same entry, which is told from now on by the deleted text that it goes on from: nothing
  /// else of it was deleted.
  Imprint goingOnFrom(Imprint deleted) {
    return new Imprint(entry, heading, deleted.body, deleted.begun, deleted.length);
  }

  /// Of the same entry, known again as it stands and by nothing else.
  Imprint asItStands() {
    return new Imprint(entry, heading, "", "", 0);
  }

  /// Whether it is told by all of it.
  boolean isOwn() {
    return begun.equals(entry);
  }
}
