package dev.agenticmemory.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is found by what: a query finds a text by each word that both have.
final class WordsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "getUserById is slow | user by id",
        "see InvoiceParser.kt | invoice parser",
        "the column user_session_cache | session cache",
        "HTTPServer of grafana.internal.acme.io | grafana acme server",
        "runs 22.3 since then | 22.3",
        "the launch is on 15 June 2026 | 2026-06-15",
        "the launch is on 2026-06-15 | June 15th",
        "born 21.09.2017 | 21 September 2017",
        "costs 1,340 a month | 1340",
        "costs 1340 a month | 1,340",
      })
  void theSameIsFoundHoweverItIsWritten(String text, String query) {
    List<String> asked = Words.ofQuery(query);
    assertThat(asked).isNotEmpty();
    assertThat(Words.ofText(text)).containsAll(asked);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version 3.4.5 | version 3.4.5",
        "on 99.99.2026 | 99.99.2026",
        "1,34 of it | 1,34",
        "call +49 170 1234567 | 1234567",
      })
  void whatIsNoDateStaysAsItIs(String text, String query) {
    assertThat(Words.ofText(text)).containsAll(Words.ofQuery(query));
  }
}
