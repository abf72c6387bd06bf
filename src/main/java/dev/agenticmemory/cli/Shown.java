package dev.agenticmemory.cli;

/// Text of memories as a terminal may get it: what would move its cursor, change its title or turn
/// the direction of writing is shown as `\u001b`.
final class Shown {

  private Shown() {}

  static String of(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.chars()
        .forEach(c -> {
          if (isCommand(c)) {
            shown.append("\\u%04x".formatted(c));
          } else {
            shown.append((char) c);
          }
        });
    return shown.toString();
  }

  private static boolean isCommand(int c) {
    return (Character.isISOControl(c) && c != '\n' && c != '\t') || turnsDirection(c);
  }

  private static boolean turnsDirection(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }
}
