package dev.agenticmemory.text;

import java.time.Month;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Writes numbers and dates in one way, so that the same one is found however it was written:
/// `1,340` as `1340`, `15th` as `15`, `2026-06-15` and `15.06.2026` as `15 June 2026`.
final class Numbers {

  private static final Pattern ANY = Pattern.compile("\\d(?:[.,/-]\\d|st|nd|rd|th)");
  private static final Pattern ISO = Pattern.compile("\\b(\\d{4})-(\\d{1,2})-(\\d{1,2})\\b");
  private static final Pattern DAY_FIRST =
      Pattern.compile("\\b(\\d{1,2})[./](\\d{1,2})[./](\\d{4})\\b");
  private static final Pattern THOUSANDS =
      Pattern.compile("(?<=\\b\\d{1,3}(?:,\\d{3}){0,3}),(?=\\d{3}\\b)");
  private static final Pattern ORDINAL = Pattern.compile("\\b(\\d{1,2})(?:st|nd|rd|th)\\b");

  private Numbers() {}

  static String plain(String text) {
    if (!ANY.matcher(text).find()) {
      return text;
    }
    String plain = ISO.matcher(text).replaceAll(match -> date(match, 3, 2, 1));
    plain = DAY_FIRST.matcher(plain).replaceAll(match -> date(match, 1, 2, 3));
    plain = THOUSANDS.matcher(plain).replaceAll("");
    return ORDINAL.matcher(plain).replaceAll("$1");
  }

  private static String date(MatchResult match, int day, int month, int year) {
    int number = Integer.parseInt(match.group(month));
    if (number < 1 || number > 12) {
      return match.group();
    }
    String name = Month.of(number).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    return "%d %s %s".formatted(Integer.parseInt(match.group(day)), name, match.group(year));
  }
}
