package dev.agenticmemory.text;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Times that mean something only on the day on which they were said, such as `yesterday`, in
/// English, German, Chinese, Japanese and Arabic.
///
/// Weeks are ISO weeks. A weekday alone (`on Monday`) is left as it is: past or next, nobody knows.
public final class RelativeDates {

  /// What a relative time is on a given day: a date, a month, a year or the first day of a week.
  private interface Meaning extends BiFunction<MatchResult, LocalDate, String> {}

  private record Rule(Pattern pattern, Meaning meaning) {}

  private static final int FLAGS =
      Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS;

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("a", 1),
          Map.entry("an", 1),
          Map.entry("one", 1),
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("ten", 10),
          Map.entry("einem", 1),
          Map.entry("einer", 1),
          Map.entry("zwei", 2),
          Map.entry("drei", 3),
          Map.entry("vier", 4),
          Map.entry("fünf", 5),
          Map.entry("sechs", 6),
          Map.entry("一", 1),
          Map.entry("两", 2),
          Map.entry("二", 2),
          Map.entry("三", 3),
          Map.entry("四", 4),
          Map.entry("五", 5),
          Map.entry("六", 6),
          Map.entry("七", 7),
          Map.entry("十", 10));

  private static final String COUNT =
      "(\\d{1,3}|" + String.join("|", NUMBERS.keySet().stream().sorted().toList()) + ")";
  private static final String WEEKDAY =
      "(monday|tuesday|wednesday|thursday|friday|saturday|sunday)";
  private static final String WOCHENTAG =
      "(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)";
  private static final List<String> WOCHENTAGE =
      List.of("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag");

  /// What may be followed by a date without a preposition.
  private static final Set<String> PREPOSITIONS =
      Set.of(
          "on", "since", "until", "till", "by", "before", "after", "from", "of", "for", "am",
          "seit", "bis", "vom", "ab", "vor", "in", "the");

  // Longer expressions before the ones that they contain.
  private static final List<Rule> RULES =
      List.of(
          days("\\bthe day before yesterday\\b|\\bvorgestern\\b|大前天|前天|一昨日|おととい|أول أمس", -2),
          days("\\bthe day after tomorrow\\b|\\bübermorgen\\b|后天|後天|明後日|あさって|بعد غد", 2),
          days(
              "\\byesterday\\b|\\blast night\\b|\\bgestern\\b|昨天|昨晚|昨日|昨夜|(?<!\\p{L})أمس(?!\\p{L})|البارحة",
              -1),
          days(
              "\\btoday\\b|\\btonight\\b|\\bthis (?:morning|afternoon|evening)\\b|\\bheute\\b|今天|今晚|今早|今日|今夜|(?<!\\p{L})اليوم(?!\\p{L})",
              0),
          days(
              "\\btomorrow\\b|(?<!heute |gestern |guten |jeden )(?-i:\\bmorgen\\b)|明天|明晚|明日|(?<!\\p{L})غد[اًا]{0,2}(?!\\p{L})",
              1),
          rule(
              "\\b"
                  + COUNT
                  + " days? ago\\b|\\bvor "
                  + COUNT
                  + " tagen?\\b|"
                  + COUNT
                  + "\\s?(?:天前|天以前|日前)|قبل "
                  + COUNT
                  + " (?:أيام|يوم)",
              (m, day) -> day.minusDays(count(m)).toString()),
          rule(
              "\\bin "
                  + COUNT
                  + " days?\\b|\\bin "
                  + COUNT
                  + " tagen?\\b|"
                  + COUNT
                  + "\\s?(?:天后|日後)",
              (m, day) -> day.plusDays(count(m)).toString()),
          rule(
              "\\b"
                  + COUNT
                  + " weeks? ago\\b|\\bvor "
                  + COUNT
                  + " wochen?\\b|"
                  + COUNT
                  + "\\s?(?:周前|週間前)",
              (m, day) -> day.minusWeeks(count(m)).toString()),
          rule(
              "\\b"
                  + COUNT
                  + " months? ago\\b|\\bvor "
                  + COUNT
                  + " monate?n?\\b|"
                  + COUNT
                  + "\\s?(?:个月前|か月前|ヶ月前)",
              (m, day) -> YearMonth.from(day.minusMonths(count(m))).toString()),
          rule(
              "\\b" + COUNT + " years? ago\\b|\\bvor " + COUNT + " jahre?n?\\b|" + COUNT + "\\s?年前",
              (m, day) -> String.valueOf(day.getYear() - count(m))),
          rule(
              "\\blast " + WEEKDAY + "\\b",
              (m, day) -> day.with(TemporalAdjusters.previous(weekday(m))).toString()),
          rule(
              "\\bnext " + WEEKDAY + "\\b",
              (m, day) -> day.with(TemporalAdjusters.next(weekday(m))).toString()),
          rule(
              "\\bletzte[nr]? " + WOCHENTAG + "\\b",
              (m, day) -> day.with(TemporalAdjusters.previous(weekday(m))).toString()),
          rule(
              "\\bnächste[nr]? " + WOCHENTAG + "\\b",
              (m, day) -> day.with(TemporalAdjusters.next(weekday(m))).toString()),
          weeks("\\blast week\\b|\\bletzte[r]? woche\\b|上周|上星期|上个星期|先週|الأسبوع الماضي", -1),
          weeks("\\bthis week\\b|\\bdiese[r]? woche\\b|这周|本周|这个星期|今週|هذا الأسبوع", 0),
          weeks("\\bnext week\\b|\\bnächste[r]? woche\\b|下周|下星期|下个星期|来週|الأسبوع القادم", 1),
          months("\\blast month\\b|\\bletzten monat\\b|上个月|上月|先月|الشهر الماضي", -1),
          months("\\bthis month\\b|\\bdiesen monat\\b|这个月|本月|今月|هذا الشهر", 0),
          months("\\bnext month\\b|\\bnächsten monat\\b|下个月|下月|来月|الشهر القادم", 1),
          years("\\blast year\\b|\\bletztes jahr\\b|去年|昨年|العام الماضي|السنة الماضية", -1),
          years("\\bthis year\\b|\\bdieses jahr\\b|今年|هذا العام|هذه السنة", 0),
          years("\\bnext year\\b|\\bnächstes jahr\\b|明年|来年|العام القادم|السنة القادمة", 1));

  /// A date in brackets after a relative time: somebody grounded it already, rightly or not.
  private static final Pattern GROUNDED = Pattern.compile("\\s?[(（]\\d{4}(?:-\\d{2}){0,2}[)）]");

  private static final Pattern ISO_DATE = Pattern.compile("\\b(\\d{4})-(\\d{2})-(\\d{2})\\b");

  private RelativeDates() {}

  /// One relative time in a text.
  ///
  /// @param date what it means, in ISO-8601: a day, a month, a year; for a week its Monday
  private record Found(int start, int end, String date) {}

  /// `text` with every relative time as a date, counted from `day`.
  public static String ground(String text, LocalDate day) {
    StringBuilder grounded = new StringBuilder();
    int from = 0;
    for (Found found : find(text, day)) {
      grounded.append(text, from, found.start());
      grounded.append(preposition(text, found)).append(found.date());
      Matcher bracket = GROUNDED.matcher(text).region(found.end(), text.length());
      from = bracket.lookingAt() ? bracket.end() : found.end();
    }
    return from == 0 ? text : grounded.append(text.substring(from)).toString();
  }

  /// What the relative times in `text` mean on `day`, each once, in order.
  public static List<String> dates(String text, LocalDate day) {
    return find(text, day).stream().map(Found::date).distinct().toList();
  }

  /// The dates `YYYY-MM-DD` that stand in `text`, each once, in order.
  public static List<String> absolute(String text) {
    return ISO_DATE.matcher(text).results().map(MatchResult::group).distinct().toList();
  }

  private static List<Found> find(String text, LocalDate day) {
    List<Found> found = new ArrayList<>();
    for (Rule rule : RULES) {
      rule.pattern()
          .matcher(text)
          .results()
          .filter(m -> found.stream().allMatch(f -> m.end() <= f.start() || m.start() >= f.end()))
          .map(m -> new Found(m.start(), m.end(), rule.meaning().apply(m, day)))
          .toList()
          .forEach(found::add);
    }
    found.sort(java.util.Comparator.comparingInt(Found::start));
    return found;
  }

  /// `on` or `am`, where the words before do not bring one along.
  private static String preposition(String text, Found found) {
    char first = text.charAt(found.start());
    boolean latin = Character.UnicodeScript.of(first) == Character.UnicodeScript.LATIN;
    String expression = text.substring(found.start(), found.end()).toLowerCase(Locale.ROOT);
    String before = text.substring(0, found.start()).stripTrailing().toLowerCase(Locale.ROOT);
    String lastWord = before.substring(before.lastIndexOf(' ') + 1);
    if (!latin || PREPOSITIONS.contains(lastWord)) {
      return "";
    }
    boolean german =
        expression.matches(
            "(?U)(?:vorgestern|gestern|heute|morgen|übermorgen|vor .*|letzte.*|nächste.*|diese[rns]? (?:woche|monat|jahr))");
    if (found.date().length() == 10) {
      boolean week = expression.matches("(?U).*(?:\\bweek|woche)$");
      return week ? (german ? "in der Woche vom " : "in the week of ") : german ? "am " : "on ";
    }
    return "in ";
  }

  private static Rule rule(String regex, Meaning meaning) {
    return new Rule(Pattern.compile(regex, FLAGS), meaning);
  }

  private static Rule days(String regex, int days) {
    return rule(regex, (_, day) -> day.plusDays(days).toString());
  }

  private static Rule weeks(String regex, int weeks) {
    return rule(
        regex,
        (_, day) ->
            day.plusWeeks(weeks)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .toString());
  }

  private static Rule months(String regex, int months) {
    return rule(regex, (_, day) -> YearMonth.from(day).plus(months, ChronoUnit.MONTHS).toString());
  }

  private static Rule years(String regex, int years) {
    return rule(regex, (_, day) -> String.valueOf(day.getYear() + years));
  }

  private static int count(MatchResult match) {
    for (int i = 1; i <= match.groupCount(); i++) {
      String group = match.group(i);
      if (group != null) {
        Integer word = NUMBERS.get(group.toLowerCase(Locale.ROOT));
        return word == null ? Integer.parseInt(group) : word;
      }
    }
    throw new IllegalStateException("No number in " + match.group());
  }

  private static DayOfWeek weekday(MatchResult match) {
    String name = match.group(1).toLowerCase(Locale.ROOT);
    int german = WOCHENTAGE.indexOf(name);
    return german >= 0
        ? DayOfWeek.of(german + 1)
        : DayOfWeek.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
