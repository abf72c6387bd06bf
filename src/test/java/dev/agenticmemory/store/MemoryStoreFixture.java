package dev.agenticmemory.store;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.MemoryIds;
import dev.agenticmemory.text.Words;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The memories, changes and questions that tests of stores are made of.
public final class MemoryStoreFixture {

  /// Neither a multiple of 8 nor of 64, so that loops over components have a tail.
  public static final EmbeddingSpace SPACE = new EmbeddingSpace("test", 50);

  public static final UserId ALICE = new UserId("alice");
  public static final UserId BOB = new UserId("bob");
  public static final AgentId MAIN = new AgentId("main");
  public static final AgentId DEV = new AgentId("dev");
  public static final RunId TODAY = new RunId("2026-03-01");

  /// In whole milliseconds and not in whole seconds, so that a store that rounds is caught.
  public static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123Z");

  public static final Scope ALICES = Scope.of(ALICE);
  public static final Embedding EAST = axis(0);
  public static final Embedding NORTH = axis(1);

  private static final MemoryIds IDS =
      new MemoryIds(Clock.fixed(NOON, ZoneOffset.UTC), new Random(20260301));

  private MemoryStoreFixture() {}

  /// The unit vector along one component.
  public static Embedding axis(int component) {
    return plane(component, 1, component, 0);
  }

  /// The direction of two components.
  public static Embedding plane(int first, float x, int second, float y) {
    float[] values = new float[SPACE.dimensions()];
    values[first] += x;
    values[second] += y;
    return Embedding.of(values);
  }

  public static Embedding random(Random random) {
    float[] values = new float[SPACE.dimensions()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Embedding.of(values);
  }

  public static Scope scope(UserId user, @Nullable AgentId agent, @Nullable RunId run) {
    return new Scope(user, agent, run);
  }

  public static MemoryId nextId() {
    return IDS.next();
  }

  public static Memory memory(String text) {
    return memory(ALICES, text);
  }

  public static Memory memory(Scope scope, String text) {
    return memory(scope, new Content(text, null, false, Metadata.EMPTY), NOON, null);
  }

  public static Memory memory(
      Scope scope, Content content, Instant created, @Nullable Instant expires) {
    return new Memory(
        nextId(),
        scope,
        content,
        new Origin(Source.TOOL, Author.USER, null),
        new Times(created, created, null, expires),
        1);
  }

  public static Memory at(Instant created, String text) {
    return memory(ALICES, new Content(text, null, false, Metadata.EMPTY), created, null);
  }

  public static Memory observed(Instant when, String text) {
    Memory memory = memory(text);
    Times times = new Times(NOON, NOON, when, null);
    return new Memory(memory.id(), memory.scope(), memory.content(), memory.origin(), times, 1);
  }

  public static Memory expiring(Instant expires, String text) {
    return memory(ALICES, new Content(text, null, false, Metadata.EMPTY), NOON, expires);
  }

  public static Memory with(Metadata metadata, String text) {
    return memory(ALICES, new Content(text, null, false, metadata), NOON, null);
  }

  public static Memory shared(Scope scope, String text) {
    return memory(scope, new Content(text, "experience", true, Metadata.EMPTY), NOON, null);
  }

  public static Memory inConversation(UUID conversation, String text) {
    Memory memory = memory(text);
    return new Memory(
        memory.id(),
        memory.scope(),
        memory.content(),
        new Origin(Source.TOOL, Author.USER, conversation),
        memory.times(),
        1);
  }

  public static Change.Add add(Memory memory) {
    return add(memory, EAST);
  }

  public static Change.Add add(Memory memory, Embedding... passages) {
    return new Change.Add(memory, features(memory.text(), passages), entry(Event.ADD, memory));
  }

  public static Change.Revise revise(Memory after, Memory before, Embedding... passages) {
    return new Change.Revise(
        after,
        features(after.text(), passages),
        new HistoryEntry(
            after.id(),
            Event.UPDATE,
            before.text(),
            after.text(),
            after.times().updated(),
            "tool",
            "text changed",
            null));
  }

  public static Change.Annotate annotate(Memory after) {
    return new Change.Annotate(
        after,
        new HistoryEntry(
            after.id(),
            Event.UPDATE,
            after.text(),
            after.text(),
            after.times().updated(),
            "tool",
            "metadata changed",
            null));
  }

  public static Change.Retire retire(Memory memory, Instant when) {
    return new Change.Retire(
        memory.id(),
        memory.version(),
        new HistoryEntry(
            memory.id(), Event.DELETE, memory.text(), null, when, "dream", "archived", null));
  }

  public static Change.Erase erase(Memory memory) {
    return new Change.Erase(
        memory.id(),
        memory.version(),
        new HistoryEntry(
            memory.id(), Event.DELETE, null, null, NOON.plusSeconds(60), "tool", "deleted", null));
  }

  public static HistoryEntry entry(Event event, Memory memory) {
    return new HistoryEntry(
        memory.id(), event, null, memory.text(), memory.times().created(), "tool", "added", null);
  }

  public static Features features(String text, Embedding... passages) {
    return new Features(List.of(passages), Words.ofText(text));
  }

  /// Everything of a user that is live at noon.
  public static Selection live(UserId user) {
    return live(user, null, Sharing.USER);
  }

  public static Selection live(UserId user, @Nullable AgentId agent) {
    return live(user, agent, Sharing.USER);
  }

  public static Selection live(UserId user, @Nullable AgentId agent, Sharing sharing) {
    return new Selection(
        user,
        agent,
        new Selection.Runs.All(),
        sharing,
        new Selection.Moment.Live(NOON),
        Filter.ALL);
  }

  public static Selection live(UserId user, Selection.Runs runs) {
    return new Selection(
        user, null, runs, Sharing.USER, new Selection.Moment.Live(NOON), Filter.ALL);
  }

  public static Selection live(Filter filter) {
    return new Selection(
        ALICE,
        null,
        new Selection.Runs.All(),
        Sharing.USER,
        new Selection.Moment.Live(NOON),
        filter);
  }

  public static Selection liveAt(Instant now) {
    return moment(new Selection.Moment.Live(now));
  }

  public static Selection asOf(Instant at) {
    return moment(new Selection.Moment.AsOf(at));
  }

  private static Selection moment(Selection.Moment moment) {
    return new Selection(ALICE, null, new Selection.Runs.All(), Sharing.USER, moment, Filter.ALL);
  }

  public static Query meaning(Embedding embedding, int limit) {
    return new Query(embedding, List.of(), limit);
  }

  public static Query words(String query, int limit) {
    return new Query(null, Words.ofQuery(query), limit);
  }

  public static Window first(int limit) {
    return new Window(null, 0, limit);
  }
}
