package dev.agenticmemory.migration;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.BOB;
import static dev.agenticmemory.store.MemoryStoreFixture.DEV;
import static dev.agenticmemory.store.MemoryStoreFixture.MAIN;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.TODAY;
import static dev.agenticmemory.store.MemoryStoreFixture.annotate;
import static dev.agenticmemory.store.MemoryStoreFixture.entry;
import static dev.agenticmemory.store.MemoryStoreFixture.erase;
import static dev.agenticmemory.store.MemoryStoreFixture.nextId;
import static dev.agenticmemory.store.MemoryStoreFixture.retire;
import static dev.agenticmemory.store.MemoryStoreFixture.revise;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Memories as they are after months: of several users, agents and runs, long and short, in several
/// languages; revised, annotated, retired and erased, one by one and in bulk; with keys, tasks and
/// the seals of what was deleted.
final class Corpus {

  private static final int BATCH = 250;

  /// A day on which everything was deleted.
  private static final RunId DELETED_DAY = new RunId("2026-02-01");

  private static final int LONG_SENTENCES = 40;

  private static final List<UserId> USERS =
      List.of(ALICE, BOB, new UserId("李雷"), new UserId("carol@example.com"));
  private static final List<@Nullable AgentId> AGENTS = Arrays.asList(null, MAIN, DEV);
  private static final List<@Nullable RunId> RUNS =
      Arrays.asList(null, null, null, TODAY, new RunId("2026-02-27"), DELETED_DAY);
  private static final List<@Nullable String> CATEGORIES =
      Arrays.asList(null, "preference", "experience", "work");

  private static final List<String> WHO =
      List.of("Anna", "our landlord", "the team", "my sister", "Dr. Weber", "李老师");
  private static final List<String> DID =
      List.of("prefers", "bought", "recommends", "cancelled", "asked about", "repaired");
  private static final List<String> WHAT =
      List.of(
          "green tea",
          "a trip to Lisbon",
          "the dishwasher",
          "Postgres",
          "the quarterly report",
          "钢琴课",
          "the night train");

  private final MemoryStore store;
  private final Indexer indexer;
  private final Random random = new Random(20261101);

  private Corpus(MemoryStore store, Indexer indexer) {
    this.store = store;
    this.indexer = indexer;
  }

  /// Makes so many memories, of which some are erased in the end.
  static void fill(MemoryStore store, Indexer indexer, int memories) {
    Corpus corpus = new Corpus(store, indexer);
    for (int from = 0; from < memories; from += BATCH) {
      corpus.live(from, Math.min(memories, from + BATCH));
    }
    assertThat(store.erase(new Extent(BOB, DELETED_DAY, null), later(9), "tool")).isPositive();
  }

  /// Adds some memories, and lets happen to them what happens to memories.
  private void live(int from, int to) {
    List<Memory> memories = new ArrayList<>();
    for (int i = from; i < to; i++) {
      memories.add(memory(i));
    }
    List<Features> features = features(memories);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      Memory memory = memories.get(i);
      changes.add(new Change.Add(memory, features.get(i), entry(Event.ADD, memory)));
      addRest(memory, from + i, changes);
    }
    apply(changes);
    reviseEach(every(5, 0, memories));
    apply(every(7, 1, memories).stream().map(Corpus::annotated).toList());
    apply(every(11, 4, memories).stream().map(Corpus::retired).toList());
    apply(every(13, 6, memories).stream().map(Corpus::erased).toList());
  }

  /// Those that are live yet of each `step`.
  private List<Memory> every(int step, int first, List<Memory> memories) {
    List<Memory> chosen = new ArrayList<>();
    for (int i = first; i < memories.size(); i += step) {
      store.find(memories.get(i).id()).ifPresent(chosen::add);
    }
    return chosen;
  }

  private Memory memory(int number) {
    RunId run = one(RUNS);
    Scope scope = scope(one(USERS), one(AGENTS), run);
    String category = one(CATEGORIES);
    Instant created = NOON.minus(Duration.ofMinutes(random.nextInt(500_000)));
    Content content =
        new Content(
            text(number),
            category,
            Content.isShared(category),
            metadata(number),
            number % 50 == 0 ? Stage.PENDING : Stage.SETTLED);
    UUID conversation = number % 3 == 0 ? new UUID(7, number / 30) : null;
    Times times =
        new Times(
            created,
            created,
            number % 4 == 0 ? created.minus(Duration.ofDays(3)) : null,
            number % 19 == 0 ? NOON.plus(Duration.ofDays(4_000)) : null);
    return new Memory(
        nextId(), scope, content, new Origin(Source.TOOL, one(authors()), conversation), times, 1);
  }

  private static List<Author> authors() {
    return List.of(Author.values());
  }

  private String text(int number) {
    String sentence = "%s %s %s, note %d".formatted(one(WHO), one(DID), one(WHAT), number);
    if (number % 97 != 0) {
      return sentence;
    }
    StringBuilder text = new StringBuilder(sentence);
    for (int i = 0; i < LONG_SENTENCES; i++) {
      text.append(". Then %s %s %s".formatted(one(WHO), one(DID), one(WHAT)));
    }
    return text.append('.').toString();
  }

  private static Metadata metadata(int number) {
    return number % 2 == 0
        ? Metadata.EMPTY
        : new Metadata(
            Map.of(
                "note",
                number,
                "weight",
                number / 8.0,
                "tags",
                List.of("a" + number % 5, "b"),
                "from",
                Map.of("page", number % 30, "书", "茶经")));
  }

  private void addRest(Memory memory, int number, List<Change> changes) {
    if (number % 40 == 0) {
      String user = memory.scope().user().value();
      Mark.Name name = new Mark.Name("idempotency", user, "key " + number);
      changes.add(new Change.PutMark(new Mark(name, memory.id().toString(), NOON)));
    }
    if (number % 50 == 0) {
      changes.add(
          new Change.PutTask(
              new Task("ingest-" + number, "ingest", memory.id(), NOON, number % 3, "{\"n\":1}")));
    }
  }

  private void reviseEach(List<Memory> before) {
    List<Memory> after =
        before.stream()
            .map(memory ->
                memory.with(memory.content().withText(memory.text() + ", at last"), later(1)))
            .toList();
    List<Features> features = features(after);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      Change.Revise change = revise(after.get(i), before.get(i));
      changes.add(new Change.Revise(change.memory(), features.get(i), change.history()));
    }
    apply(changes);
  }

  private static Change annotated(Memory memory) {
    Metadata more = memory.content().metadata().merged(new Metadata(Map.of("seen", true)));
    return annotate(memory.with(memory.content().withMetadata(more), later(2)));
  }

  private List<Features> features(List<Memory> memories) {
    return indexer.features(memories.stream().map(Memory::text).toList());
  }

  private static Change retired(Memory memory) {
    return retire(memory, later(3));
  }

  private static Change erased(Memory memory) {
    return erase(memory);
  }

  private void apply(List<Change> changes) {
    assertThat(store.apply(changes)).isEqualTo(new Outcome.Applied());
  }

  private static Instant later(int hours) {
    return NOON.plus(Duration.ofHours(hours));
  }

  private <T extends @Nullable Object> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
