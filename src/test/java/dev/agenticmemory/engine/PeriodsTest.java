package dev.agenticmemory.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodsTest {

  /// A Monday.
  private static final LocalDate TODAY = LocalDate.parse("2024-06-10");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What happened on 2024-02-10? | 2024-02-10",
        "the 10.02.2024 appointment | 2024-02-10",
        "Where was Ann on the 10th of February 2024? | 2024-02-10",
        "May 3rd, 2024 | 2024-05-03",
        "on 29 Dec 2023 | 2023-12-29",
        "lunch on March 3rd | 2021-03-03",
        "trip of April 2024 | 2024-04-17",
        "what did I do last May | 2023-05-20",
        "what happened in july | 2019-07-01",
        "movies seen in 2023 | 2023-11-11",
        "2024年3月5日去了哪里 | 2024-03-05",
        "2024年3月的旅行 | 2024-03-30",
        "三月去了哪里 | 2022-03-09",
        "十二月二十五日的礼物 | 2020-12-25",
        "3月的会议 | 2024-03-01",
        "yesterday lunch | 2024-06-09",
        "昨天吃了什么 | 2024-06-09",
        "what did I say today | 2024-06-10",
        "plans of last week | 2024-06-03",
        "上周的会议 | 2024-06-09",
        "last month's bills | 2024-05-31",
        "上个月 | 2024-05-01",
        "the holiday last year | 2023-01-01",
        "去年的假期 | 2023-12-31",
        "two weeks ago | 2024-05-27",
        "3 days ago | 2024-06-07",
        "the party last Friday | 2024-06-07",
        "what did I do on Friday? | 2024-06-07",
        "the last few days | 2024-06-08",
        "in the past two weeks | 2024-05-28",
        "Last Night | 2024-06-09",
        "the talk this morning | 2024-06-10",
      })
  void readsTheTimeThatAQuerySpeaksOf(String query, LocalDate within) {
    assertThat(fit(query, within)).isEqualTo(Period.WITHIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "what may happen",
        "march on",
        "第三个月",
        "version 3.4.5",
        "the 31 June",
        "who is June's friend's dog"
      })
  void otherWordsAreNoDays(String query) {
    assertThat(Periods.in(query, TODAY).periods())
        .allSatisfy(period -> assertThat(period).isEqualTo(new Period.Month(null, 6)));
  }

  @Test
  void whatIsToldSoonAfterFitsHalf() {
    assertThat(fit("on 2024-02-10", LocalDate.parse("2024-02-12"))).isEqualTo(Period.SOON_AFTER);
    assertThat(fit("in April 2024", LocalDate.parse("2024-05-07"))).isEqualTo(Period.SOON_AFTER);
    assertThat(fit("on 2024-02-10", LocalDate.parse("2024-02-09"))).isZero();
    assertThat(fit("on 2024-02-10", LocalDate.parse("2024-02-14"))).isZero();
  }

  @Test
  void aLeapDayOfNoYearFitsLeapYearsAlone() {
    assertThat(fit("on 29 February", LocalDate.parse("2020-02-29"))).isEqualTo(Period.WITHIN);
    assertThat(fit("on 29 February", LocalDate.parse("2023-02-28"))).isZero();
  }

  @Test
  void eachPartOfAQueryIsReadOnce() {
    assertThat(Periods.in("from 2024-02-10 to May 3rd, 2024", TODAY).periods())
        .isEqualTo(List.of(new Period.Day(2024, 2, 10), new Period.Day(2024, 5, 3)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "what did I do on 3 May? | true",
        "dinner yesterday | true",
        "what happened in May? | true",
        "what is due in November? | false",
        "what is planned for this week? | false",
        "what did we do this week? | true",
      })
  void itIsAskedWhatHappenedOrWhatIsPlanned(String query, boolean past) {
    assertThat(Periods.in(query, TODAY).past()).isEqualTo(past);
  }

  @Test
  void whatIsLeftOfAQueryKeepsItsPlace() {
    Periods.Told told = Periods.in("getUser in May, not yesterday", TODAY);
    assertThat(told.lasting()).isEqualTo("getUser in May, not          ");
    assertThat(told.rest()).isEqualTo("getUser       , not          ");
  }

  private static double fit(String query, LocalDate day) {
    return Periods.in(query, TODAY).periods().stream().mapToDouble(p -> p.fit(day)).max().orElse(0);
  }
}
