package dev.agenticmemory.domain;

/// The rule that user, agent and run ids share: any non-blank text, matched exactly.
final class Identifier {

  /// Longest id, in Unicode characters. Longer than any URL-safe session key seen in a client.
  static final int CHARS_MAX = 256;

  private Identifier() {}

  /// Returns `value`, or throws [InvalidInput] that names `argument`.
  static String checked(String argument, String value) {
    if (value.isBlank()) {
      throw new InvalidInput(argument, "is blank", "Pass a non-blank id, or leave it out.");
    }
    int length = value.codePointCount(0, value.length());
    if (length > CHARS_MAX) {
      throw new InvalidInput(
          argument,
          "has %,d characters, at most %d are allowed".formatted(length, CHARS_MAX),
          "Pass a shorter id.");
    }
    Unicode.requireWellFormed(argument, value);
    return value;
  }
}
