package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which hosts and origins are let in, and that nothing odd is answered with more than JSON.
@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class GateTest {

  @TempDir static Path folder;
  private static HttpFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new HttpFixture(folder);
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "localhost:8230", "127.0.0.1:1", "[::1]:8230", "memory.example.org"})
  void aRequestToThisServerIsLetIn(String host) throws IOException {
    assertThat(get("Host: " + host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io:8230"})
  void aRequestToANameThatWasBentToThisMachineIsRefused(String host) throws IOException {
    assertThat(get("Host: " + host)).startsWith("HTTP/1.1 403").contains("SERVICE_ALLOWED_HOSTS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost:3000",
        "http://localhost.evil.example:8230",
        "not an origin"
      })
  void aForeignPageIsRefused(String origin) throws IOException {
    assertThat(get("Host: localhost:8230", "Origin: " + origin))
        .startsWith("HTTP/1.1 403")
        .contains("SERVICE_ALLOWED_ORIGINS");
  }

  @Test
  void aPageOfThisServerIsLetIn() throws IOException {
    assertThat(get("Host: localhost:8230", "Origin: http://localhost:8230"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void anAllowedPageMayReadAnswersAndAskBefore() throws IOException {
    assertThat(get("Host: localhost:8230", "Origin: https://page.example.org"))
        .startsWith("HTTP/1.1 200")
        .contains("Access-Control-Allow-Origin: https://page.example.org");
    String asked =
        RawClient.exchange(
            fixture.client().port(),
            String.join(
                "\r\n",
                "OPTIONS /memory/add HTTP/1.1",
                "Host: localhost",
                "Origin: https://page.example.org",
                "Connection: close",
                "",
                ""));
    assertThat(asked).startsWith("HTTP/1.1 204").contains("Access-Control-Allow-Headers");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /health HTTP/1.1, 400",
    "GARBAGE, 400",
    "GET /memory/%2e%2e/x HTTP/1.0, 40",
    "GET /memory/%zz HTTP/1.0, 400",
    "GET /memory/a%2Fb HTTP/1.0, 40",
    "BREW /memory/list HTTP/1.0, 40",
    "GET http://[ HTTP/1.1, 400"
  })
  void whatIsNotGoodHttpIsAnsweredWithoutAWordOfJava(String line, String status)
      throws IOException {
    String answer =
        RawClient.exchange(fixture.client().port(), line + "\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).doesNotContain("jetty", "Jetty", "java", "Exception", "at org.");
  }

  private static String get(String... headers) throws IOException {
    return RawClient.get(fixture.client().port(), "/health", headers);
  }
}
