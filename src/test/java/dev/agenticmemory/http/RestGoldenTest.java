package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every route and every error of both contracts, byte for byte but for ids, times and scores. One
/// session: each request meets what the ones before it left.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RestGoldenTest {

  private static final Path GOLDEN = Path.of("src/test/resources/rest");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern SCORE = Pattern.compile("(score\": )[0-9.E-]+");

  @TempDir static Path folder;

  private final List<String> ids = new ArrayList<>();
  private @Nullable HttpFixture fixture;

  @BeforeAll
  void open() {
    fixture = new HttpFixture(folder);
  }

  @AfterAll
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  /// One request.
  ///
  /// @param path with `{1}` for the first id that was answered, and so on
  private record Exchange(String name, String method, String path, @Nullable String body) {}

  @TestFactory
  Stream<DynamicTest> theAnswerIsTheReviewedOne() throws IOException {
    return exchanges().stream()
        .map(exchange -> DynamicTest.dynamicTest(exchange.name(), () -> check(exchange)));
  }

  private static List<Exchange> exchanges() throws IOException {
    List<Exchange> exchanges = new ArrayList<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("requests.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(" ", 4);
        exchanges.add(
            new Exchange(parts[0], parts[1], parts[2], parts.length == 4 ? parts[3] : null));
      }
    }
    return exchanges;
  }

  private void check(Exchange exchange) throws IOException {
    Client.Answer answer =
        java.util.Objects.requireNonNull(fixture)
            .client()
            .send(
                exchange.method(),
                filled(exchange.path()),
                exchange.body() == null ? null : filled(exchange.body()));
    String actual =
        "%s %s%s%n%n%d %s%n%s%n"
            .formatted(
                exchange.method(),
                exchange.path(),
                exchange.body() == null ? "" : System.lineSeparator() + exchange.body(),
                answer.status(),
                answer.header("Content-Type"),
                normal(answer.json()));
    Path golden = GOLDEN.resolve(exchange.name() + ".txt");
    if (Boolean.getBoolean("update.golden")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual)
        .as("If meant: ./mvnw test -Dupdate.golden=true, and commit the diff.")
        .isEqualTo(Files.readString(golden));
  }

  private String filled(String text) {
    String filled = text;
    for (int i = 0; i < ids.size(); i++) {
      filled = filled.replace("{" + (i + 1) + "}", ids.get(i));
    }
    return filled;
  }

  private String normal(JsonNode body) {
    String text = TIME.matcher(Json.pretty(body)).replaceAll("<time>");
    text = SCORE.matcher(text).replaceAll("$1<score>");
    Matcher matcher = UUID.matcher(text);
    StringBuilder normal = new StringBuilder();
    while (matcher.find()) {
      if (!ids.contains(matcher.group())) {
        ids.add(matcher.group());
      }
      matcher.appendReplacement(normal, "{" + (ids.indexOf(matcher.group()) + 1) + "}");
    }
    return matcher.appendTail(normal).toString();
  }
}
