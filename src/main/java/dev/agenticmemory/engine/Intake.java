package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.text.Passages;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// Takes in what facts are to be made of: first it is durable, then a model is asked.
final class Intake {

  /// Longest input of one extraction, in characters: longer ones are several, since a model that
  /// reads much at once overlooks much.
  static final int PART_CHARS_MAX = 16_000;

  /// Where a single turn is split, in tokens as [Passages] estimates them.
  private static final int TURN_TOKENS_MAX = 3_500;

  private static final String INPUT = "input";

  private final MemoryStore store;
  private final Indexer indexer;
  private final Writer writer;
  private final MemoryIds ids;
  private final IngestQueue queue;
  private final Runnable signal;
  private final Duration patience;
  private final Clock clock;

  Intake(
      MemoryStore store,
      Indexer indexer,
      Writer writer,
      MemoryIds ids,
      IngestQueue queue,
      Runnable signal,
      Duration patience,
      Clock clock) {
    this.store = store;
    this.indexer = indexer;
    this.writer = writer;
    this.ids = ids;
    this.queue = queue;
    this.signal = signal;
    this.patience = patience;
    this.clock = clock;
  }

  /// One part of an input and the text under which it waits.
  private record Part(List<Turn> turns, String text) {}

  /// Stores the input, waits a while for the model, and says what became of it.
  ///
  /// @param turns cleaned
  Added take(Caller caller, AddRequest request, Scope scope, Turns.Cleaned turns) {
    String fingerprint = Replay.content(store, scope, turns.turns());
    Mark.Name once = new Mark.Name(INPUT, scope.user().value(), fingerprint);
    List<Part> parts = parts(turns.turns());
    // Each refusal makes more known, so this ends.
    while (true) {
      Optional<Added> earlier = earlier(request, scope, fingerprint, once);
      if (earlier.isPresent()) {
        return earlier.get();
      }
      Instant now = clock.instant();
      List<Change> changes = new ArrayList<>();
      List<Added.Item> items = new ArrayList<>();
      List<MemoryId> waiting = new ArrayList<>();
      for (Part part : parts) {
        Optional<MemoryId> same = store.findSame(scope, TextHash.of(part.text()), now);
        if (same.isPresent()) {
          items.add(new Added.Item(same.get(), part.text(), Event.NONE, "stored already"));
        } else {
          Memory memory = memory(caller, request, scope, part, now);
          waiting.add(memory.id());
          items.add(new Added.Item(memory.id(), part.text(), Event.ADD, null));
          changes.addAll(changes(caller, request, part, turns.recalled(), memory, now));
        }
      }
      if (!waiting.isEmpty()) {
        changes.add(new Change.ClaimMark(Replay.mark(once, fingerprint, items, now)));
      }
      if (request.idempotencyKey() != null) {
        changes.add(
            new Change.ClaimMark(
                Replay.mark(scope.user(), request.idempotencyKey(), fingerprint, items, now)));
      }
      if (changes.isEmpty()) {
        return answer(scope.user(), items, false);
      }
      waiting.forEach(queue::expect);
      if (writer.apply(changes) instanceof Outcome.Applied) {
        waiting.forEach(_ -> signal.run());
        queue.await(waiting, patience);
        return answer(scope.user(), items, false);
      }
      queue.await(waiting, Duration.ZERO);
    }
  }

  /// The answer of an earlier call with the same key, or with the same input where everything is
  /// still as that left it.
  private Optional<Added> earlier(
      AddRequest request, Scope scope, String fingerprint, Mark.Name once) {
    String key = request.idempotencyKey();
    Optional<Mark> keyed =
        key == null ? Optional.empty() : store.mark(Replay.name(scope.user(), key));
    if (keyed.isPresent()) {
      if (!Replay.isOf(keyed.get(), fingerprint)) {
        throw new Conflict(
            "idempotency_key \"%s\" was used before with other content".formatted(key),
            "Use a new key for new content.");
      }
      return Optional.of(answer(scope.user(), Replay.items(keyed.get(), store), true));
    }
    Optional<Mark> same = store.mark(once);
    if (same.isEmpty()) {
      return Optional.empty();
    }
    List<Added.Item> items = Replay.items(same.get(), store);
    if (items.stream().allMatch(item -> stands(scope, item))) {
      return Optional.of(known(answer(scope.user(), items, false)));
    }
    // Something has changed since: the same words are news again.
    var _ = writer.apply(List.of(new Change.RemoveMark(once)));
    return Optional.empty();
  }

  private boolean stands(Scope scope, Added.Item item) {
    return Distilled.find(store, scope.user(), item.id())
        .map(distilled -> distilled.stands(store))
        .orElseGet(() -> store.find(item.id()).isPresent());
  }

  private static Added known(Added added) {
    return new Added(
        added.status(),
        added.items().stream()
            .map(i -> new Added.Item(i.id(), i.text(), Event.NONE, "stored already"))
            .toList(),
        false,
        false,
        Usage.NONE);
  }

  private Memory memory(Caller caller, AddRequest request, Scope scope, Part part, Instant now) {
    List<Author> authors = part.turns().stream().map(Turn::author).distinct().toList();
    return new Memory(
        ids.next(),
        scope,
        new Content(
            part.text(),
            request.category(),
            Content.isShared(request.category()),
            request.metadata(),
            Stage.PENDING),
        new Origin(caller.source(), authors.size() == 1 ? authors.getFirst() : Author.USER, null),
        new Times(now, now, request.observed(), request.expires()),
        1);
  }

  private List<Change> changes(
      Caller caller, AddRequest request, Part part, String recalled, Memory memory, Instant now) {
    Ingest ingest =
        new Ingest(
            memory.id(),
            part.turns(),
            recalled,
            request.category(),
            now,
            request.observed(),
            request.extractionPrompt(),
            caller.actor(),
            0,
            null,
            Usage.NONE);
    HistoryEntry history =
        new HistoryEntry(
            memory.id(),
            Event.ADD,
            null,
            memory.text(),
            now,
            caller.actor(),
            "waits for the language model",
            null);
    return List.of(
        new Change.Add(memory, indexer.featuresOrWords(memory.text()), history),
        new Change.PutTask(ingest.task(Ingest.WAITING, now, 0)));
  }

  /// What became of it by now.
  private Added answer(UserId user, List<Added.Item> items, boolean replayed) {
    List<Added.Item> all = new ArrayList<>();
    Usage usage = Usage.NONE;
    boolean pending = false;
    for (Added.Item item : items) {
      Optional<Distilled> done = Distilled.find(store, user, item.id());
      if (done.isPresent()) {
        usage = usage.plus(done.get().usage());
        done.get().items().forEach(one -> all.add(item(one)));
      } else {
        Optional<Memory> memory = store.find(item.id());
        boolean waits = memory.filter(m -> m.content().stage() == Stage.PENDING).isPresent();
        pending |= waits;
        boolean failed = memory.filter(m -> m.content().stage() == Stage.FAILED).isPresent();
        all.add(failed ? failed(item) : item);
      }
    }
    Added.Status status = pending ? Added.Status.PENDING : Added.Status.STORED;
    return new Added(status, all, replayed, false, usage);
  }

  private static Added.Item failed(Added.Item item) {
    return new Added.Item(
        item.id(),
        item.text(),
        item.event(),
        "kept as it is: the language model cannot be used; see `agentic-memory ingests`");
  }

  private Added.Item item(Distilled.One one) {
    String text = store.find(one.id()).map(Memory::text).orElse("");
    return new Added.Item(one.id(), text, one.event(), one.reason());
  }

  /// The turns in parts that a model reads well, split where a reader would.
  private static List<Part> parts(List<Turn> turns) {
    List<Part> parts = new ArrayList<>();
    List<Turn> open = new ArrayList<>();
    int chars = 0;
    for (Turn turn : turns) {
      for (Turn piece : pieces(turn)) {
        if (!open.isEmpty() && chars + piece.text().length() > PART_CHARS_MAX) {
          parts.add(part(open));
          open = new ArrayList<>();
          chars = 0;
        }
        open.add(piece);
        chars += piece.text().length();
      }
    }
    parts.add(part(open));
    // Equal parts are one: they would wait under the same text.
    return parts.stream()
        .collect(
            Collectors.toMap(p -> TextHash.of(p.text()), p -> p, (a, _) -> a, LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }

  private static List<Turn> pieces(Turn turn) {
    if (turn.text().length() <= TURN_TOKENS_MAX) {
      return List.of(turn);
    }
    return Passages.of(turn.text(), TURN_TOKENS_MAX).stream()
        .map(text -> new Turn(turn.author(), text, turn.speaker()))
        .toList();
  }

  private static Part part(List<Turn> turns) {
    if (turns.size() == 1) {
      return new Part(List.copyOf(turns), turns.getFirst().text());
    }
    String text =
        turns.stream()
            .map(turn -> speaker(turn) + ": " + turn.text())
            .collect(Collectors.joining("\n"));
    return new Part(List.copyOf(turns), text);
  }

  private static String speaker(Turn turn) {
    return turn.speaker() == null ? turn.author().name().toLowerCase(Locale.ROOT) : turn.speaker();
  }
}
