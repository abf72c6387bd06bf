package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.InvalidInput;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where in a workspace which file is.
public final class Layout {

  /// What stands for the day in the name of a diary.
  public static final String DAY = "YYYY-MM-DD";

  private final String folder;
  private final Pattern diary;
  private final String notes;

  /// A layout by patterns.
  ///
  /// @param diary a path in the workspace whose last part has [#DAY] and may have `*`, such as
  ///   `memory/YYYY-MM-DD*.md`
  /// @param notes a path in the workspace, such as `MEMORY.md`
  public Layout(String diary, String notes) {
    int slash = diary.lastIndexOf('/');
    String name = diary.substring(slash + 1);
    if (!name.contains(DAY)) {
      throw new InvalidInput(
          "MEMORY_DIARY",
          "is \"%s\", without %s in the file's name".formatted(diary, DAY),
          "Pass a pattern such as memory/YYYY-MM-DD*.md.");
    }
    this.folder = slash < 0 ? "" : diary.substring(0, slash);
    this.diary = pattern(name);
    this.notes = notes;
  }

  private static Pattern pattern(String name) {
    int day = name.indexOf(DAY);
    return Pattern.compile(
        glob(name.substring(0, day))
            + "(\\d{4}-\\d{2}-\\d{2})"
            + glob(name.substring(day + DAY.length())));
  }

  private static String glob(String part) {
    StringBuilder pattern = new StringBuilder();
    for (String literal : part.splitWithDelimiters("\\*", -1)) {
      pattern.append(literal.equals("*") ? ".*" : Pattern.quote(literal));
    }
    return pattern.toString();
  }

  /// The folder of the diaries, in the workspace; empty for the workspace itself.
  String folder() {
    return folder;
  }

  String notes() {
    return notes;
  }

  /// The day of the diary with this file name; empty where it is none.
  Optional<LocalDate> day(String fileName) {
    Matcher matcher = diary.matcher(fileName);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(matcher.group(1)));
    } catch (DateTimeParseException _) {
      return Optional.empty(); // Such as 2026-02-30.
    }
  }
}
