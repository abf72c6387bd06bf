package dev.agenticmemory.domain;

/// Which strings can be kept and given back unchanged, and which say anything.
public final class Unicode {

  /// What stands for bytes that were no character.
  private static final int REPLACEMENT = 0xFFFD;

  private Unicode() {}

  /// Rejects half a surrogate pair, which no UTF-8 store or stream can carry.
  static void requireWellFormed(String argument, String value) {
    boolean half =
        value
            .codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    if (half) {
      throw new InvalidInput(
          argument,
          "has half a surrogate pair, which is not valid Unicode",
          "Escape a 4-byte character as two \\u units, or send it as itself.");
    }
  }

  /// Whether nothing in it could be read: blanks of any width, control and format characters,
  /// accents on nothing. Models see nothing in them either.
  public static boolean isBlank(String text) {
    return text.codePoints().noneMatch(Unicode::isReadable);
  }

  private static boolean isReadable(int c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.NON_SPACING_MARK ->
          false;
      default -> c != REPLACEMENT;
    };
  }
}
