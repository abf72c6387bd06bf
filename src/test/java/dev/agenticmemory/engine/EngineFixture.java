package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The use cases on a real store, with a clock that the test moves.
final class EngineFixture implements AutoCloseable {

  static final UserId ALICE = new UserId("alice");
  static final UserId BOB = new UserId("bob");
  static final AgentId MAIN = new AgentId("main");
  static final AgentId DEV = new AgentId("dev");
  static final RunId TODAY = new RunId("2026-03-01");
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  /// May touch every user's memories, as on a machine of one person.
  static final Caller ANYONE = new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);

  static final Caller BOUND_TO_ALICE = new Caller(ALICE, true, null, Source.TOOL, Sharing.USER);
  static final Caller BOUND_TO_BOB = new Caller(BOB, true, null, Source.TOOL, Sharing.USER);

  final MemoryStore store;
  final Writer writer;
  final AddMemory add;
  final SearchMemories search;
  final ListMemories list;
  final OneMemory one;
  final DeleteMemories delete;
  private Instant now = NOON;

  EngineFixture(Path folder) {
    Embedder embedder = new HashEmbedder(256);
    InstantSource source = () -> now;
    Clock clock = source.withZone(ZoneOffset.UTC);
    store = new SqliteStore(folder.resolve("memories.db"), embedder.space());
    Indexer indexer = new Indexer(embedder);
    writer = new Writer(store);
    add = new AddMemory(store, indexer, writer, new MemoryIds(clock, new Random(1)), clock);
    search = new SearchMemories(store, indexer, clock);
    list = new ListMemories(store, clock);
    one = new OneMemory(store, indexer, writer, clock);
    delete = new DeleteMemories(store, writer, clock);
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /// Adds a text as it is and returns what is stored.
  Memory stored(AddCall call) {
    Added.Item item = add.add(ANYONE, call.request()).items().getFirst();
    return store.find(item.id()).orElseThrow();
  }

  Memory stored(String text) {
    return stored(new AddCall(text));
  }

  List<String> texts(SearchCall call) {
    return texts(search.search(ANYONE, call.request()));
  }

  static List<String> texts(Found found) {
    return found.hits().stream().map(hit -> hit.memory().text()).toList();
  }

  List<String> listed() {
    return list.list(ANYONE, null, null, new Selection.Runs.All(), 100, null).memories().stream()
        .map(Memory::text)
        .toList();
  }

  MemoryId unknownId() {
    return MemoryId.parse("01890000-0000-7000-8000-000000000000");
  }

  @Override
  public void close() {
    store.close();
  }

  /// An add with the usual values where a test says nothing else.
  record AddCall(
      Input input,
      @Nullable UserId user,
      @Nullable AgentId agent,
      @Nullable RunId run,
      boolean infer,
      @Nullable String category,
      Metadata metadata,
      @Nullable Instant expires,
      @Nullable String key) {

    AddCall(Input input) {
      this(input, null, null, null, false, null, Metadata.EMPTY, null, null);
    }

    AddCall(String text) {
      this(new Input.Text(text));
    }

    static AddCall messages(Input.Message... messages) {
      return new AddCall(new Input.Messages(List.of(messages)));
    }

    AddCall user(UserId value) {
      return new AddCall(input, value, agent, run, infer, category, metadata, expires, key);
    }

    AddCall agent(AgentId value) {
      return new AddCall(input, user, value, run, infer, category, metadata, expires, key);
    }

    AddCall run(RunId value) {
      return new AddCall(input, user, agent, value, infer, category, metadata, expires, key);
    }

    AddCall inferred() {
      return new AddCall(input, user, agent, run, true, category, metadata, expires, key);
    }

    AddCall category(String value) {
      return new AddCall(input, user, agent, run, infer, value, metadata, expires, key);
    }

    AddCall metadata(Metadata value) {
      return new AddCall(input, user, agent, run, infer, category, value, expires, key);
    }

    AddCall expires(Instant value) {
      return new AddCall(input, user, agent, run, infer, category, metadata, value, key);
    }

    AddCall key(String value) {
      return new AddCall(input, user, agent, run, infer, category, metadata, expires, value);
    }

    AddRequest request() {
      return new AddRequest(
          input, user, agent, run, infer, category, metadata, null, expires, key, null);
    }
  }

  static Input.Message says(Author role, String content) {
    return new Input.Message(role, content, null);
  }

  /// A search with the usual values where a test says nothing else.
  record SearchCall(
      String query,
      @Nullable UserId user,
      @Nullable AgentId agent,
      Selection.Runs runs,
      int topK,
      double minScore,
      Filter filter,
      @Nullable Instant asOf,
      boolean timeDecay) {

    SearchCall(String query) {
      this(query, null, null, new Selection.Runs.LongTerm(), 5, 0, Filter.ALL, null, false);
    }

    SearchCall user(UserId value) {
      return new SearchCall(query, value, agent, runs, topK, minScore, filter, asOf, timeDecay);
    }

    SearchCall agent(AgentId value) {
      return new SearchCall(query, user, value, runs, topK, minScore, filter, asOf, timeDecay);
    }

    SearchCall runs(Selection.Runs value) {
      return new SearchCall(query, user, agent, value, topK, minScore, filter, asOf, timeDecay);
    }

    SearchCall topK(int value) {
      return new SearchCall(query, user, agent, runs, value, minScore, filter, asOf, timeDecay);
    }

    SearchCall minScore(double value) {
      return new SearchCall(query, user, agent, runs, topK, value, filter, asOf, timeDecay);
    }

    SearchCall filter(Filter value) {
      return new SearchCall(query, user, agent, runs, topK, minScore, value, asOf, timeDecay);
    }

    SearchCall asOf(Instant value) {
      return new SearchCall(query, user, agent, runs, topK, minScore, filter, value, timeDecay);
    }

    SearchCall withTimeDecay() {
      return new SearchCall(query, user, agent, runs, topK, minScore, filter, asOf, true);
    }

    SearchRequest request() {
      return new SearchRequest(query, user, agent, runs, topK, minScore, filter, asOf, timeDecay);
    }
  }
}
