package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.MAIN;
import static dev.agenticmemory.engine.LifecycleFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A diary that is appended to in pieces, cut, trimmed and written anew at random while it is
/// digested all the time.
final class RestlessDiaryTest {

  private static final int ENTRIES = 150;

  @TempDir Path folder;
  private final AtomicInteger digested = new AtomicInteger();

  /// Odd while the file is being rewritten.
  private final AtomicInteger rewrites = new AtomicInteger();

  private final AtomicInteger written = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void eachEntryIsDigestedOnce(long seed) throws Exception {
    try (LifecycleFixture jobs = new LifecycleFixture(folder);
        ExecutorService writer = Executors.newSingleThreadExecutor()) {
      jobs.at(Clock.systemUTC().instant());
      LocalDate day = jobs.today();
      Path file = jobs.diary(MAIN, day);
      jobs.write(file, "");
      Future<?> writing =
          writer.submit(() -> {
            write(file, new Random(seed));
            return null;
          });
      while (!writing.isDone()) {
        int rewriting = rewrites.get();
        int before = written.get();
        jobs.at(Clock.systemUTC().instant());
        jobs.digest();
        if (rewriting == rewrites.get() && rewriting % 2 == 0) {
          digested.set(before); // It saw the whole file.
        }
      }
      writing.get();
      jobs.at(Clock.systemUTC().instant().plus(Duration.ofMinutes(1)));
      jobs.digest();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < ENTRIES; i++) {
        expected.add("[10:00]\n- Boss: entry %d of the day 日记\n- main: noted".formatted(i));
      }
      assertThat(jobs.texts(day)).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private void write(Path file, Random random) throws IOException {
    List<String> held = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      String entry = entry("10:00", "- Boss: entry " + i + " of the day 日记", "- main: noted");
      append(file, entry, random);
      held.add(entry);
      written.set(i + 1);
      switch (random.nextInt(12)) {
        case 0 -> rewrite(file, held, random);
        case 1 -> {
          // Only what was digested may go: what nobody has read is lost to everybody.
          int first = i + 1 - held.size();
          int old = Math.max(0, digested.get() - 2 - first);
          held.subList(0, random.nextInt(old + 1)).clear();
          rewrite(file, held, random);
        }
        case 2 ->
            Files.writeString(
                file, String.join("", held).replace("\n", "\r\n")); // As another editor saves it.
        default -> {}
      }
    }
  }

  /// In pieces that end anywhere, in a character too.
  private static void append(Path file, String text, Random random) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (at < bytes.length) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
      byte[] piece = java.util.Arrays.copyOfRange(bytes, at, to);
      Files.write(file, piece, StandardOpenOption.APPEND);
      at = to;
    }
  }

  private void rewrite(Path file, List<String> held, Random random) throws IOException {
    rewrites.incrementAndGet();
    Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    for (String entry : held) {
      append(file, entry, random);
    }
    rewrites.incrementAndGet();
  }
}
