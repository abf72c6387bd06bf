package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A diary that another process appends to in pieces, cuts, trims and writes anew at random while
/// it is digested all the time.
final class RestlessDiaryTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void eachEntryIsDigestedOnce(long seed) throws Exception {
    try (LifecycleFixture jobs = new LifecycleFixture(folder)) {
      jobs.at(Clock.systemUTC().instant());
      Path file = jobs.diary(MAIN, jobs.today());
      jobs.write(file, "");
      Process writer = RestlessWriter.start(file, seed);
      try (BufferedReader said = ChildProcess.said(writer)) {
        int meanwhile = digestUntilDone(jobs, writer, said);
        assertThat(meanwhile).as("digests while it was written").isGreaterThan(20);
      } finally {
        writer.destroyForcibly();
      }
      jobs.at(Clock.systemUTC().instant().plus(Duration.ofMinutes(1)));
      jobs.digest();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < RestlessWriter.ENTRIES; i++) {
        expected.add("[10:00]\n- Boss: entry %d of the day 日记\n- main: noted".formatted(i));
      }
      assertThat(jobs.texts()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static int digestUntilDone(LifecycleFixture jobs, Process writer, BufferedReader said)
      throws Exception {
    int digests = 0;
    while (true) {
      String line = said.ready() ? said.readLine() : "";
      if (line.equals("done")) {
        return digests;
      }
      assertThat(writer.isAlive() || said.ready()).as("the writer lives").isTrue();
      jobs.at(Clock.systemUTC().instant());
      jobs.digest();
      digests++;
      if (line.equals(RestlessWriter.TRIM)) {
        ChildProcess.go(writer);
      }
    }
  }
}
