package dev.agenticmemory.cli;

import dev.agenticmemory.domain.InvalidInput;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Questions to a person, answered by lines; an empty line takes what is proposed.
///
/// @param console for what is not to be shown; null, or none of a terminal, where nobody sits at it
record Dialogue(BufferedReader in, PrintWriter out, @Nullable Console console) {

  String ask(String question, String proposed) {
    show("%s [%s]: ".formatted(question, proposed.isEmpty() ? "none" : proposed));
    return or(line(), proposed);
  }

  /// Not shown while it is typed; not asked for where it would be.
  ///
  /// @param proposed what an empty line means
  String askSecretly(String question, String proposed) {
    if (console == null || !console.isTerminal()) {
      return proposed;
    }
    show("%s [%s]: ".formatted(question, proposed.isEmpty() ? "none" : "as it is"));
    char[] typed = console.readPassword();
    return or(typed == null ? ended() : new String(typed), proposed);
  }

  boolean agrees(String question) {
    show("%s [Y/n]: ".formatted(question));
    String answer = line().strip();
    return answer.isEmpty() || answer.toLowerCase(Locale.ROOT).startsWith("y");
  }

  private static String or(String line, String proposed) {
    return line.isBlank() ? proposed : line.strip();
  }

  private void show(String text) {
    out.print(text);
    out.flush();
  }

  private String line() {
    try {
      String line = in.readLine();
      return line == null ? ended() : line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String ended() {
    throw new InvalidInput(
        "--yes", "is not given, and nobody answers", "Pass --yes to take what is proposed.");
  }
}
