package dev.agenticmemory.engine;

import dev.agenticmemory.store.Query;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A time that a query speaks of.
sealed interface Period {

  /// Things are told on the day or soon after.
  int DAYS_AFTER_DAY = 3;

  int DAYS_AFTER_MONTH = 7;

  /// What is told within a period, and soon after it.
  double WITHIN = 1;

  double SOON_AFTER = 0.5;

  /// How well `day` fits: [#WITHIN], [#SOON_AFTER] or 0.
  double fit(LocalDate day);

  /// From when to when it was; where it names no year, in this one and those beside it.
  List<Query.Span> spans(LocalDate today);

  /// One day.
  ///
  /// @param year null for any year
  record Day(@Nullable Integer year, int month, int day) implements Period {
    public Day {
      // A leap year, where none is given.
      var _ = LocalDate.of(year == null ? 2024 : year, month, day);
    }

    @Override
    public double fit(LocalDate when) {
      return years(year, when).mapToDouble(y -> fit(when, y)).max().orElse(0);
    }

    @Override
    public List<Query.Span> spans(LocalDate today) {
      return years(year, today)
          .filter(y -> YearMonth.of(y, month).isValidDay(day))
          .mapToObj(y -> LocalDate.of(y, month, day))
          .map(date -> span(date, date))
          .toList();
    }

    private double fit(LocalDate when, int y) {
      try {
        LocalDate date = LocalDate.of(y, month, day);
        return Period.fit(when, date, date, DAYS_AFTER_DAY);
      } catch (DateTimeException _) {
        return 0; // 29 February of another year.
      }
    }
  }

  /// One month.
  ///
  /// @param year null for any year
  record Month(@Nullable Integer year, int month) implements Period {
    public Month {
      var _ = YearMonth.of(2024, month);
    }

    @Override
    public double fit(LocalDate when) {
      return years(year, when)
          .mapToObj(y -> YearMonth.of(y, month))
          .mapToDouble(m -> Period.fit(when, m.atDay(1), m.atEndOfMonth(), DAYS_AFTER_MONTH))
          .max()
          .orElse(0);
    }

    @Override
    public List<Query.Span> spans(LocalDate today) {
      return years(year, today)
          .mapToObj(y -> YearMonth.of(y, month))
          .map(m -> span(m.atDay(1), m.atEndOfMonth()))
          .toList();
    }
  }

  record Year(int year) implements Period {
    @Override
    public double fit(LocalDate when) {
      return when.getYear() == year ? WITHIN : 0;
    }

    @Override
    public List<Query.Span> spans(LocalDate today) {
      return List.of(span(LocalDate.of(year, 1, 1), LocalDate.of(year, 12, 31)));
    }
  }

  /// From one day to another, both included.
  record Range(LocalDate from, LocalDate to) implements Period {
    @Override
    public double fit(LocalDate when) {
      return Period.fit(when, from, to, Math.max(1, ChronoUnit.DAYS.between(from, to) / 4));
    }

    @Override
    public List<Query.Span> spans(LocalDate today) {
      return List.of(span(from, to));
    }
  }

  private static double fit(LocalDate when, LocalDate from, LocalDate to, long daysAfter) {
    if (when.isBefore(from) || when.isAfter(to.plusDays(daysAfter))) {
      return 0;
    }
    return when.isAfter(to) ? SOON_AFTER : WITHIN;
  }

  private static Query.Span span(LocalDate from, LocalDate to) {
    return new Query.Span(
        from.atStartOfDay(ZoneOffset.UTC).toInstant(),
        to.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
  }

  private static IntStream years(@Nullable Integer year, LocalDate when) {
    return year == null
        ? IntStream.rangeClosed(when.getYear() - 1, when.getYear() + 1)
        : IntStream.of(year);
  }
}
