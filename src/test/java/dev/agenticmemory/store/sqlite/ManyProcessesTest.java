package dev.agenticmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.engine.AddMemory;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.MemoryIds;
import dev.agenticmemory.engine.SearchMemories;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.engine.Writer;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many processes on one data folder at once.
final class ManyProcessesTest {

  private static final int PROCESSES = 8;
  private static final int MEMORIES_EACH = 100;

  @TempDir Path folder;

  @Test
  void eightProcessesWriteAtOnceAndEachFindsTheOthers() throws Exception {
    List<Process> children = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        children.add(
            ChildJvm.start(
                folder.resolve("errors-" + i), Child.class, folder.toString(), String.valueOf(i)));
      }
      for (int i = 0; i < PROCESSES; i++) {
        Process child = children.get(i);
        String said = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor(90, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(folder.resolve("errors-" + i))).isEmpty();
        assertThat(child.exitValue()).isZero();
        assertThat(said.lines())
            .containsExactlyElementsOf(
                IntStream.range(0, PROCESSES).mapToObj(n -> "found " + Child.text(n, 57)).toList());
      }
    } finally {
      children.forEach(Process::destroyForcibly);
    }
    requireAll();
  }

  private void requireAll() {
    Selection all =
        new Selection(
            ChildJvm.CALLER.user(),
            null,
            new Selection.Runs.All(),
            Sharing.OFF,
            new Selection.Moment.Live(Clock.systemUTC().instant()),
            Filter.ALL);
    List<String> expected =
        IntStream.range(0, PROCESSES * MEMORIES_EACH)
            .mapToObj(i -> Child.text(i / MEMORIES_EACH, i % MEMORIES_EACH))
            .toList();
    try (MemoryStore store = ChildJvm.open(folder.resolve("data"))) {
      assertThat(store.list(all, new Window(null, 0, 10_000)))
          .extracting(Memory::text)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  /// Writes its memories at the same time as the others, then looks for one of each process.
  static final class Child {

    static String text(int process, int memory) {
      return "process%d wrote memory%d".formatted(process, memory);
    }

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      int process = Integer.parseInt(arguments[1]);
      Clock clock = Clock.systemUTC();
      Indexer indexer = new Indexer(ChildJvm.EMBEDDER);
      try (MemoryStore store = ChildJvm.open(folder.resolve("data"))) {
        AddMemory add =
            new AddMemory(
                store,
                indexer,
                new Writer(store),
                new MemoryIds(clock, new Random(process)),
                clock);
        SearchMemories search = new SearchMemories(store, indexer, clock);
        waitForAll(folder, "ready", process);
        for (int i = 0; i < MEMORIES_EACH; i++) {
          var _ = add.add(ChildJvm.CALLER, ChildJvm.request(text(process, i)));
          // So that there is an index that must follow what the others write.
          String own = best(search, text(process, i));
          if (!own.equals(text(process, i))) {
            throw new IllegalStateException("Its own write was not found, but " + own);
          }
        }
        waitForAll(folder, "done", process);
        for (int other = 0; other < PROCESSES; other++) {
          ChildJvm.say("found " + best(search, text(other, 57)));
        }
      }
    }

    private static String best(SearchMemories search, String query) {
      SearchRequest request =
          new SearchRequest(
              query, null, null, new Selection.Runs.LongTerm(), 1, 0, Filter.ALL, null, false);
      List<Hit> hits = search.search(ChildJvm.CALLER, request).hits();
      return hits.isEmpty() ? "nothing" : hits.getFirst().memory().text();
    }

    private static void waitForAll(Path folder, String what, int process)
        throws IOException, InterruptedException {
      Files.createFile(folder.resolve(what + "-" + process));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (count(folder, what) < PROCESSES) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("Not all processes are " + what);
        }
        Thread.sleep(5);
      }
    }

    private static long count(Path folder, String what) throws IOException {
      try (Stream<Path> files = Files.list(folder)) {
        return files.filter(file -> file.getFileName().toString().startsWith(what + "-")).count();
      }
    }
  }
}
