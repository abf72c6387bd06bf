package dev.agenticmemory.transport;

import org.jspecify.annotations.Nullable;

/// A line between a pump and a server: a number, a letter, and a message in one line.
///
/// @param number of the client's line, from 1; 0 for what answers none
/// @param text the message; empty where there is none
record Numbered(long number, Kind kind, String text) {

  /// What the pump has to know of a message.
  enum Kind {
    PLAIN('P'),
    /// An answer to what begins a session: the next server has to be told it too.
    KEEP('K'),
    /// As [#KEEP], and what the client follows depends on it.
    FOLLOW('F'),
    /// An answer to what ends something that is kept: the text is the number of that line.
    DROP('D'),
    /// In place of a line that was too long to be passed on.
    TOO_LONG('L'),
    /// In place of a line that was not UTF-8.
    NOT_UTF8('U');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }
  }

  String line() {
    return number + " " + kind.letter + text;
  }

  /// What a line says; null where it is none of these.
  static @Nullable Numbered parse(String line) {
    int blank = line.indexOf(' ');
    if (blank < 1 || blank + 1 >= line.length()) {
      return null;
    }
    for (Kind kind : Kind.values()) {
      if (kind.letter == line.charAt(blank + 1)) {
        return numbered(line.substring(0, blank), kind, line.substring(blank + 2));
      }
    }
    return null;
  }

  private static @Nullable Numbered numbered(String number, Kind kind, String text) {
    try {
      return new Numbered(Long.parseLong(number), kind, text);
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
