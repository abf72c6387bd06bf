package dev.agenticmemory.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Digest;
import dev.agenticmemory.engine.Workspace;
import dev.agenticmemory.engine.Workspaces;
import dev.agenticmemory.llm.ScriptedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `/metrics` tells, and that the docs say what it is.
final class MetricsTest {

  private static final Workspaces NONE = new Fake(false);
  private static final Workspaces AWAY = new Fake(true);

  @TempDir Path folder;

  @Test
  void everyMetricIsInTheTableOfTheDocsAndNoOther() throws Exception {
    try (ScriptedModel model = new ScriptedModel();
        HttpFixture fixture = new HttpFixture(folder, model, Duration.ofSeconds(5))) {
      model.then(ScriptedModel.facts());
      fixture
          .client()
          .post(
              "/v1/memories",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"I like tea\"}],\"user_id\":\"u\"}");
      digest(fixture, AWAY);
      String metrics = awaited(fixture, "memory_llm_questions");
      Set<String> shown =
          matches("(?m)^# TYPE (\\S+) ", metrics)
              .map(match -> match.group(1))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(documented()).containsExactlyElementsOf(shown);
    }
  }

  /// The names in the table, where `name{tags}` stands for a name.
  private static Set<String> documented() throws Exception {
    String docs = Files.readString(Path.of("docs/http.md"));
    String table = docs.substring(docs.indexOf("## Metrics"), docs.indexOf("## Logs"));
    return table
        .lines()
        .filter(line -> line.startsWith("| `"))
        .flatMap(line -> matches("`([a-z0-9_]+)[^`]*`", line.split("\\|", -1)[1]))
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void aRunOfAJobCountsWhoeverMadeItAndOnce() {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      Instant before = Instant.now();
      assertThat(number(fixture, "memory_job_last_success_seconds{job=\"digest\"}")).isNaN();
      digest(fixture, NONE);
      digest(fixture, NONE);
      digest(fixture, AWAY);
      for (int look = 0; look < 2; look++) {
        assertThat(runs(fixture, "done")).isEqualTo(2);
        assertThat(runs(fixture, "incomplete")).isEqualTo(1);
        assertThat(number(fixture, "memory_job_items_total{fate=\"failed\",job=\"digest\"}"))
            .isEqualTo(1);
      }
      assertThat(number(fixture, "memory_job_last_success_seconds{job=\"digest\"}"))
          .isBetween(
              before.toEpochMilli() / 1_000.0,
              Instant.now().plusMillis(1).toEpochMilli() / 1_000.0);
      assertThat(number(fixture, "memory_job_last_duration_seconds{job=\"digest\"}"))
          .isNotNegative();
      assertThat(number(fixture, "memory_job_last_success_seconds{job=\"dream\"}")).isNaN();
    }
  }

  @Test
  void runsOfBeforeAreNotCountedAgainAndTheirLastSuccessIsKnown() throws Exception {
    try (HttpFixture fixture = new HttpFixture(folder)) {
      digest(fixture, NONE);
    }
    Thread.sleep(2); // Times of reports are in milliseconds.
    try (HttpFixture fixture = new HttpFixture(folder)) {
      assertThat(fixture.client().get("/metrics").text()).doesNotContain("memory_job_runs");
      assertThat(number(fixture, "memory_job_last_success_seconds{job=\"digest\"}")).isPositive();
    }
  }

  /// Two runs do not begin in the same millisecond, by which their reports are told apart.
  private static void digest(HttpFixture fixture, Workspaces workspaces) {
    var _ = fixture.jobs(workspaces).digest().run(new Digest.Days.Recent(), false, _ -> {});
    Instant end = Instant.now();
    while (!Instant.now().isAfter(end.plusMillis(2))) {
      Thread.onSpinWait();
    }
  }

  private static double runs(HttpFixture fixture, String outcome) {
    return number(
        fixture, "memory_job_runs_seconds_count{job=\"digest\",outcome=\"%s\"}".formatted(outcome));
  }

  private static double number(HttpFixture fixture, String name) {
    return fixture
        .client()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  private static String awaited(HttpFixture fixture, String text) throws InterruptedException {
    String metrics = fixture.client().get("/metrics").text();
    for (int i = 0; i < 1_000 && !metrics.contains(text); i++) {
      Thread.sleep(20);
      metrics = fixture.client().get("/metrics").text();
    }
    return metrics;
  }

  private static Stream<MatchResult> matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results();
  }

  private record Fake(boolean away) implements Workspaces {
    @Override
    public List<Workspace> all() {
      if (away) {
        throw new Unavailable("The list of workspaces is away", "Wait.", null);
      }
      return List.of();
    }

    @Override
    public String hint() {
      return "There are none.";
    }
  }
}
