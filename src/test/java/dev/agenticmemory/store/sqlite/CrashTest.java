package dev.agenticmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.AddMemory;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.MemoryIds;
import dev.agenticmemory.engine.OneMemory;
import dev.agenticmemory.engine.Writer;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.text.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process in the middle of its writes, again and again, and looks what is left.
final class CrashTest {

  private static final int KILLS = 50;
  private static final long SEED = 20260301;

  @TempDir Path folder;

  @Test
  void whatWasAcknowledgedSurvivesAKillAtAnyPointAndNothingIsHalfThere() throws Exception {
    Random random = new Random(SEED);
    Told told = new Told();
    for (int round = 0; round < KILLS; round++) {
      Told inRound = new Told();
      for (String line : linesUntilKilled(round, random)) {
        inRound.hear(line);
      }
      try (MemoryStore store = ChildJvm.open(folder.resolve("data"))) {
        inRound.requireKept(store);
      }
      told.hear(inRound);
    }
    assertThat(told.texts).as("memories that were acknowledged").hasSizeGreaterThan(KILLS);
    try (MemoryStore store = ChildJvm.open(folder.resolve("data"))) {
      told.requireKept(store);
      requireAllWhole(store);
    }
  }

  /// Everything that one child said, the last line cut off where the kill cut it.
  private List<String> linesUntilKilled(int round, Random random) throws Exception {
    Path errors = folder.resolve("errors");
    Process child =
        ChildJvm.start(
            errors, Child.class, folder.resolve("data").toString(), String.valueOf(round));
    try {
      StringBuilder said = new StringBuilder();
      // One in ten is killed while it opens the store that the one before left behind.
      if (round % 10 == 9) {
        Thread.sleep(100 + random.nextInt(300));
      } else {
        int first = child.getInputStream().read();
        assertThat(first).as("the child said nothing: %s", Files.readString(errors)).isPositive();
        said.append((char) first);
        Thread.sleep(50 + random.nextInt(350));
      }
      // By its handle: the process itself would also close what we read from.
      assertThat(child.toHandle().destroyForcibly()).isTrue();
      said.append(new String(child.getInputStream().readAllBytes(), UTF_8));
      assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(errors)).isEmpty();
      int end = said.lastIndexOf("\n");
      return end < 0 ? List.of() : said.substring(0, end).lines().toList();
    } finally {
      child.destroyForcibly();
    }
  }

  /// What children said about their memories: what they had begun and what was acknowledged.
  private static final class Told {

    private final Map<MemoryId, String> texts = new HashMap<>();
    private final Map<MemoryId, Integer> versions = new HashMap<>();
    private final Map<MemoryId, String> revising = new HashMap<>();
    private final Map<MemoryId, String> erasing = new HashMap<>();
    private final Map<MemoryId, String> erased = new HashMap<>();

    void hear(String line) {
      String[] parts = line.split(" ", 3);
      MemoryId id = MemoryId.parse(parts[1]);
      String text = parts[2];
      switch (parts[0]) {
        case "added" -> {
          texts.put(id, text);
          versions.put(id, 1);
        }
        case "revising" -> revising.put(id, text);
        case "revised" -> {
          texts.put(id, text);
          versions.merge(id, 1, Integer::sum);
          revising.remove(id);
        }
        case "erasing" -> erasing.put(id, text);
        case "erased" -> {
          erasing.remove(id);
          texts.remove(id);
          erased.put(id, text);
        }
        default -> throw new IllegalArgumentException(line);
      }
    }

    void hear(Told other) {
      texts.putAll(other.texts);
      versions.putAll(other.versions);
      revising.putAll(other.revising);
      erasing.putAll(other.erasing);
      erased.putAll(other.erased);
    }

    void requireKept(MemoryStore store) {
      for (MemoryId id : texts.keySet()) {
        if (erasing.containsKey(id) && store.find(id).isEmpty()) {
          requireErased(store, id, String.valueOf(erasing.get(id)));
        } else {
          requireThere(store, id);
        }
      }
      erased.forEach((id, text) -> requireErased(store, id, text));
    }

    private void requireThere(MemoryStore store, MemoryId id) {
      Memory memory = store.find(id).orElseThrow(() -> new AssertionError("Lost: " + id));
      String acknowledged = texts.get(id);
      int version = versions.getOrDefault(id, 0);
      if (memory.text().equals(acknowledged)) {
        assertThat(memory.version()).isEqualTo(version);
      } else {
        assertThat(memory.text()).isEqualTo(revising.get(id));
        assertThat(memory.version()).isEqualTo(version + 1);
      }
      requireWhole(store, memory);
    }

    private static void requireErased(MemoryStore store, MemoryId id, String text) {
      assertThat(store.find(id)).isEmpty();
      assertThat(store.forgotten(ChildJvm.CALLER.user(), TextHash.of(text))).isTrue();
      assertThat(store.history(id).getLast().event()).isEqualTo(Event.DELETE);
      assertThat(store.history(id))
          .allMatch(entry -> entry.oldText() == null && entry.newText() == null);
      assertThat(find(store, text)).doesNotContainKey(id);
    }
  }

  /// What nobody was told of must be there whole, too.
  private static void requireAllWhole(MemoryStore store) {
    List<Memory> all = store.list(selection(), new Window(null, 0, 1_000_000));
    assertThat(store.count(selection())).isEqualTo(all.size());
    Query any = query(all.getFirst().text(), 1);
    assertThat(store.candidates(selection(), any).memories()).isEqualTo(all.size());
    all.forEach(memory -> requireWhole(store, memory));
  }

  private static void requireWhole(MemoryStore store, Memory memory) {
    List<HistoryEntry> history = store.history(memory.id());
    assertThat(history).hasSize((int) memory.version());
    assertThat(history.getFirst().event()).isEqualTo(Event.ADD);
    assertThat(history.getLast().newText()).isEqualTo(memory.text());
    Candidate found = find(store, memory.text()).get(memory.id());
    assertThat(found).as("found by its own text: %s", memory).isNotNull();
    assertThat(found.cosine()).isCloseTo(1, within(1e-5));
    assertThat(found.length()).isEqualTo(Words.ofText(memory.text()).size());
    assertThat(found.counts()).allMatch(count -> count > 0);
    assertThat(found.version()).isEqualTo(memory.version());
  }

  private static Map<MemoryId, Candidate> find(MemoryStore store, String text) {
    Map<MemoryId, Candidate> found = new HashMap<>();
    store.candidates(selection(), query(text, 3)).found().forEach(one -> found.put(one.id(), one));
    return found;
  }

  private static Query query(String text, int limit) {
    return new Query(
        ChildJvm.EMBEDDER.embed(List.of(text), Embedder.Purpose.SEARCH).getFirst(),
        Words.ofQuery(text),
        limit);
  }

  private static Selection selection() {
    return new Selection(
        ChildJvm.CALLER.user(),
        null,
        new Selection.Runs.All(),
        Sharing.OFF,
        new Selection.Moment.Live(Clock.systemUTC().instant()),
        Filter.ALL);
  }

  /// Writes until it is killed, and says what it begins and what was acknowledged.
  static final class Child {

    private final OneMemory one;
    private final AddMemory add;
    private final Random random;
    private final List<MemoryId> ids = new ArrayList<>();
    private final Map<MemoryId, String> texts = new HashMap<>();

    private Child(MemoryStore store, Random random) {
      Clock clock = Clock.systemUTC();
      Indexer indexer = new Indexer(ChildJvm.EMBEDDER);
      Writer writer = new Writer(store);
      one = new OneMemory(store, indexer, writer, clock);
      add = new AddMemory(store, indexer, writer, new MemoryIds(clock, random), clock);
      this.random = random;
    }

    public static void main(String[] arguments) {
      int round = Integer.parseInt(arguments[1]);
      MemoryStore store = ChildJvm.open(Path.of(arguments[0]));
      Child child = new Child(store, new Random(SEED + round));
      for (int i = 0; ; i++) {
        child.step("round%d step%d of the child".formatted(round, i));
      }
    }

    private void step(String text) {
      int kind = random.nextInt(10);
      if (kind < 6 || ids.isEmpty()) {
        MemoryId id = add.add(ChildJvm.CALLER, ChildJvm.request(text)).items().getFirst().id();
        ids.add(id);
        say("added", id, text);
      } else if (kind < 9) {
        MemoryId id = ids.get(random.nextInt(ids.size()));
        say("revising", id, text);
        one.update(ChildJvm.CALLER, id, text, null);
        say("revised", id, text);
      } else {
        MemoryId id = ids.remove(random.nextInt(ids.size()));
        say("erasing", id, texts.get(id));
        one.delete(ChildJvm.CALLER, id);
        say("erased", id, texts.get(id));
      }
    }

    private void say(String what, MemoryId id, @Nullable String text) {
      texts.put(id, String.valueOf(text));
      ChildJvm.say(what + " " + id + " " + text);
    }
  }
}
