package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Content;
import dev.agenticmemory.text.Secrets;

/// Makes of a text out of a file one that a memory may have.
final class Fitting {

  private static final String CUT = " […]";

  private Fitting() {}

  /// `text` without secrets; what is longer than a memory may be is cut there, visibly.
  static String of(String text) {
    String masked = Secrets.mask(text);
    if (masked.length() <= Content.TEXT_CHARS_MAX) {
      return masked;
    }
    int end = Content.TEXT_CHARS_MAX - CUT.length();
    return masked.substring(0, Character.isHighSurrogate(masked.charAt(end - 1)) ? end - 1 : end)
        + CUT;
  }
}
