package dev.agenticmemory.engine;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds the times that a query speaks of, in English and Chinese: `2024-02-10`, `10.02.2024` (day
/// first), `10th of February 2024`, `May 3rd`, `in 2023`, `2024年3月5日`, `三月`, and relative to today:
/// `yesterday`, `last week`, `the last few days`, `two weeks ago`, `last Friday`, `上周`.
final class Periods {

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private static final List<String> NUMBERS =
      List.of(
          "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
          "eleven", "twelve");

  private static final Map<String, Integer> VAGUE_NUMBERS =
      Map.of("a", 1, "an", 1, "couple", 2, "few", 3);

  private static final Map<String, Integer> DAYS_OF_UNIT =
      Map.of("day", 1, "week", 7, "month", 30, "year", 365);

  private static final String MONTH =
      "(january|february|march|april|may|june|july|august|september|october|november|december|jan"
          + "|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)";

  private static final String CHINESE_NUMBER = "(\\d{1,2}|[一二三四五六七八九十]{1,3})";

  /// Makes the period of a match. Throws `DateTimeException` where there is no such day.
  private interface Reading {
    Period read(MatchResult match, LocalDate today);
  }

  /// What a time is relative to: to nothing, or to today, so that no memory says it of that time.
  private enum Anchor {
    CALENDAR,
    TODAY,
    /// Today, and it is over.
    BEFORE_TODAY
  }

  private record Rule(Pattern pattern, Reading reading, Anchor anchor) {}

  /// What a query says about time.
  ///
  /// @param periods the times that it speaks of; empty where it speaks of none
  /// @param past whether it asks what happened then, and not what is planned for then
  /// @param lasting the query without what is relative to today
  /// @param rest the query without any of these times
  record Told(List<Period> periods, boolean past, String lasting, String rest) {}

  /// Questions about what somebody did.
  private static final Pattern PAST =
      compile("\\b(?:did|have|had) (?:i|we)\\b|\\b(?:was|were) (?:i|we)\\b|\\bhappened\\b");

  private static final String WEEKDAY =
      "(monday|tuesday|wednesday|thursday|friday|saturday|sunday)";

  private static final String NUMBER =
      "(\\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|few|couple)"
          + "(?: of)?";

  private static final String UNIT = "(day|week|month|year)s?\\b";

  /// The rules in their order: what one has read is blank to the next.
  private static final List<Rule> RULES =
      List.of(
          rule(
              "\\b(\\d{4})-(\\d{1,2})-(\\d{1,2})\\b",
              (m, _) -> new Period.Day(number(m, 1), number(m, 2), number(m, 3))),
          rule(
              "\\b(\\d{1,2})[./](\\d{1,2})[./](\\d{4})\\b",
              (m, _) -> new Period.Day(number(m, 3), number(m, 2), number(m, 1))),
          rule(
              "(\\d{4})年(\\d{1,2})月(\\d{1,2})[日号]",
              (m, _) -> new Period.Day(number(m, 1), number(m, 2), number(m, 3))),
          rule("(\\d{4})年(\\d{1,2})月", (m, _) -> new Period.Month(number(m, 1), number(m, 2))),
          rule(
              "(?<![\\d一二三四五六七八九十])" + CHINESE_NUMBER + "月" + CHINESE_NUMBER + "[日号]",
              (m, _) -> new Period.Day(null, chinese(m.group(1)), chinese(m.group(2)))),
          rule(
              "(?<![\\d一二三四五六七八九十个])" + CHINESE_NUMBER + "月",
              (m, _) -> new Period.Month(null, chinese(m.group(1)))),
          rule(
              "\\b(\\d{1,2})(?:st|nd|rd|th)?(?:\\s+of)?[ -]+"
                  + MONTH
                  + "\\b\\.?(?:[ ,-]+(\\d{4}))?",
              (m, _) -> new Period.Day(year(m, 3), month(m.group(2)), number(m, 1))),
          rule(
              "\\b" + MONTH + "\\.?[ -]+(\\d{1,2})(?:st|nd|rd|th)?\\b(?:[ ,-]+(\\d{4}))?",
              (m, _) -> new Period.Day(year(m, 3), month(m.group(1)), number(m, 2))),
          rule(
              "\\b" + MONTH + "[ ,-]+(\\d{4})\\b",
              (m, _) -> new Period.Month(number(m, 2), month(m.group(1)))),
          // A month by itself: short names and `may` and `march` are other words too.
          rule(
              "\\b(?:in|during|of|last|this|since|by|early|late|mid|until|through|and|to)[ -]+"
                  + MONTH
                  + "\\b",
              (m, _) -> new Period.Month(null, month(m.group(1)))),
          rule(
              "\\b(january|february|april|june|july|august|september|october|november|december)\\b",
              (m, _) -> new Period.Month(null, month(m.group(1)))),
          rule(
              "\\b(?:in|during|of|since|year)\\s+((?:19|20)\\d\\d)\\b",
              (m, _) -> new Period.Year(number(m, 1))),
          rule("((?:19|20)\\d\\d)年", (m, _) -> new Period.Year(number(m, 1))),
          gone("\\bday before yesterday\\b|前天", (_, today) -> day(today.minusDays(2))),
          gone("\\byesterday\\b|昨天", (_, today) -> day(today.minusDays(1))),
          gone("\\blast night\\b|昨晚", (_, today) -> new Period.Range(today.minusDays(1), today)),
          current(
              "\\btoday\\b|\\bthis (?:morning|afternoon|evening)\\b|\\btonight\\b|今天",
              (_, today) -> day(today)),
          gone("\\blast week\\b|上个?(?:周|星期)", (_, today) -> week(today.minusWeeks(1))),
          current("\\bthis week\\b|[这本]个?(?:周|星期)", (_, today) -> week(today)),
          gone("\\blast month\\b|上个?月", (_, today) -> month(today.minusMonths(1))),
          current("\\bthis month\\b|[这本]个?月", (_, today) -> month(today)),
          gone("\\blast year\\b|去年", (_, today) -> new Period.Year(today.getYear() - 1)),
          current("\\bthis year\\b|今年", (_, today) -> new Period.Year(today.getYear())),
          gone(
              "\\b(?:last|past) " + NUMBER + " " + UNIT,
              (m, today) -> since(count(m.group(1)), m.group(2), today)),
          gone(
              "\\b" + NUMBER + " " + UNIT + " ago\\b",
              (m, today) -> ago(count(m.group(1)), m.group(2), today)),
          gone("\\blast " + WEEKDAY + "\\b", (m, today) -> lastWeekday(m.group(1), today)),
          gone(
              "(?<=\\b(?:did|was|were|had|happened)\\b.{0,60})\\bon " + WEEKDAY + "\\b",
              (m, today) -> lastWeekday(m.group(1), today)));

  private Periods() {}

  /// What `query` says about time.
  ///
  /// @param today what relative times are relative to
  static Told in(String query, LocalDate today) {
    StringBuilder rest = new StringBuilder(query);
    StringBuilder lasting = new StringBuilder(query);
    boolean past = PAST.matcher(rest).find();
    List<Period> periods = new ArrayList<>();
    for (Rule rule : RULES) {
      Matcher matcher = rule.pattern.matcher(rest.toString());
      while (matcher.find()) {
        try {
          periods.add(rule.reading.read(matcher, today));
          blank(rest, matcher);
          past |= rule.anchor == Anchor.BEFORE_TODAY;
          if (rule.anchor != Anchor.CALENDAR) {
            blank(lasting, matcher);
          }
        } catch (DateTimeException _) {
          // There is no 31 June; to another rule it may be something else.
        }
      }
    }
    return new Told(periods, past, lasting.toString(), rest.toString());
  }

  private static void blank(StringBuilder text, MatchResult match) {
    text.replace(match.start(), match.end(), " ".repeat(match.end() - match.start()));
  }

  private static Rule rule(String pattern, Reading reading) {
    return new Rule(compile(pattern), reading, Anchor.CALENDAR);
  }

  private static Rule current(String pattern, Reading reading) {
    return new Rule(compile(pattern), reading, Anchor.TODAY);
  }

  private static Rule gone(String pattern, Reading reading) {
    return new Rule(compile(pattern), reading, Anchor.BEFORE_TODAY);
  }

  private static Pattern compile(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  private static int number(MatchResult match, int group) {
    return Integer.parseInt(match.group(group));
  }

  private static @Nullable Integer year(MatchResult match, int group) {
    return match.group(group) == null ? null : number(match, group);
  }

  private static int month(String name) {
    return MONTHS.indexOf(name.substring(0, 3).toLowerCase(Locale.ROOT)) + 1;
  }

  /// A number up to 39 in digits or Chinese characters.
  private static int chinese(String number) {
    if (Character.isDigit(number.charAt(0))) {
      return Integer.parseInt(number);
    }
    int ten = number.indexOf('十');
    if (ten < 0) {
      return digit(number);
    }
    int tens = ten == 0 ? 1 : digit(number.substring(0, ten));
    return tens * 10 + (ten == number.length() - 1 ? 0 : digit(number.substring(ten + 1)));
  }

  private static int digit(String character) {
    return "零一二三四五六七八九".indexOf(character);
  }

  private static int count(String word) {
    if (Character.isDigit(word.charAt(0))) {
      return Integer.parseInt(word);
    }
    String lower = word.toLowerCase(Locale.ROOT);
    return VAGUE_NUMBERS.getOrDefault(lower, NUMBERS.indexOf(lower));
  }

  private static Period day(LocalDate day) {
    return new Period.Range(day, day);
  }

  private static Period week(LocalDate day) {
    LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    return new Period.Range(monday, monday.plusDays(6));
  }

  private static Period month(LocalDate day) {
    return new Period.Month(day.getYear(), day.getMonthValue());
  }

  /// People count roughly: half a unit more or less.
  private static Period ago(int count, String unit, LocalDate today) {
    int days = days(unit);
    LocalDate day = today.minusDays((long) count * days);
    int more = days == 1 ? 0 : Math.max(1, days / 2);
    return new Period.Range(day.minusDays(more), day.plusDays(more));
  }

  private static Period since(int count, String unit, LocalDate today) {
    return new Period.Range(today.minusDays((long) Math.max(2, count) * days(unit)), today);
  }

  private static int days(String unit) {
    return DAYS_OF_UNIT.getOrDefault(unit.toLowerCase(Locale.ROOT), 1);
  }

  private static Period lastWeekday(String name, LocalDate today) {
    DayOfWeek weekday = DayOfWeek.valueOf(name.toUpperCase(Locale.ROOT));
    return day(today.with(TemporalAdjusters.previous(weekday)));
  }
}
