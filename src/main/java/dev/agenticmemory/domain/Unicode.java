package dev.agenticmemory.domain;

/// Which strings can be kept and given back unchanged.
final class Unicode {

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
}
