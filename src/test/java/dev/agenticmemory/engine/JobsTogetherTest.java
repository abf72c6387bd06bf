package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static dev.agenticmemory.engine.LifecycleFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two processes that digest and sync the same files all the time, while those change.
final class JobsTogetherTest {

  private static final int VERSIONS = 60;
  private static final int LINES = 12;

  /// Never edited, as what is at the end may as well be new.
  private static final String END = entry("11:00", "- Boss: the end");

  @TempDir Path folder;
  private final Random random = new Random(7);
  private final List<String> facts = new ArrayList<>();

  /// A ledger that was overwritten shows at the end: a memory that no line leads to any more stays
  /// when everything is removed from the notes, and an edited entry is there twice.
  @ParameterizedTest
  @ValueSource(strings = {"turns", "none"})
  void noUpdateIsLostAndNothingIsThereTwice(String how) throws Exception {
    try (LifecycleFixture jobs = new LifecycleFixture(folder)) {
      jobs.at(Clock.systemUTC().instant());
      for (int i = 0; i < LINES; i++) {
        facts.add("fact %d in version 0".formatted(i));
      }
      write(jobs);
      List<Process> children = List.of(JobsChild.start(folder, how), JobsChild.start(folder, how));
      try {
        List<BufferedReader> said = children.stream().map(ChildProcess::said).toList();
        for (BufferedReader one : said) {
          assertThat(one.readLine()).isEqualTo("ready");
        }
        for (int version = 1; version < VERSIONS; version++) {
          facts.set(random.nextInt(LINES), "fact in version " + version);
          write(jobs);
          Thread.sleep(random.nextInt(60));
        }
        for (int i = 0; i < children.size(); i++) {
          ChildProcess.go(children.get(i));
          assertThat(said.get(i).readLine()).isEqualTo("done");
        }
      } finally {
        children.forEach(Process::destroyForcibly);
      }
      jobs.at(Clock.systemUTC().instant());
      jobs.digest();
      jobs.lifecycle.sync().run(false, _ -> {});
      assertThat(jobs.longTerm()).containsExactlyInAnyOrderElementsOf(facts);
      List<String> entries = new ArrayList<>(List.of("[11:00]\n- Boss: the end"));
      facts.forEach(
          fact -> entries.add("[10:%02d]\n- Boss: %s".formatted(facts.indexOf(fact), fact)));
      assertThat(jobs.texts(jobs.today())).containsExactlyInAnyOrderElementsOf(entries);
      put(jobs.notes(MAIN), "# Empty now\n");
      jobs.lifecycle.sync().run(false, _ -> {});
      assertThat(jobs.longTerm()).isEmpty();
    }
  }

  private void write(LifecycleFixture jobs) throws IOException {
    StringBuilder diary = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      diary.append(entry("10:%02d".formatted(i), "- Boss: " + facts.get(i)));
    }
    diary.append(END);
    put(jobs.diary(MAIN, jobs.today()), diary.toString());
    put(jobs.notes(MAIN), "- " + String.join("\n- ", facts) + "\n");
  }

  /// A file of an hour ago, in one step.
  private void put(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.setLastModifiedTime(
        next, FileTime.from(Clock.systemUTC().instant().minus(Duration.ofHours(1))));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
