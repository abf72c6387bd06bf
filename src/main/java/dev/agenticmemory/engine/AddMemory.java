package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Takes in what is to be remembered, as it is: each turn becomes one memory.
///
/// Where `infer` is asked for and a language model is configured, it goes to [Intake] instead,
/// which has facts made of it. Without one, a turn that says nearly the same as a memory of its
/// scope is not stored again.
public final class AddMemory {

  private final MemoryStore store;
  private final Indexer indexer;
  private final NearDuplicates nearDuplicates;
  private final Writer writer;
  private final MemoryIds ids;
  private final Clock clock;
  private final @Nullable Intake intake;

  /// Without a language model.
  public AddMemory(MemoryStore store, Indexer indexer, Writer writer, MemoryIds ids, Clock clock) {
    this(store, indexer, writer, ids, clock, null);
  }

  /// @param intake takes what facts are to be made of; null where there is no language model
  AddMemory(
      MemoryStore store,
      Indexer indexer,
      Writer writer,
      MemoryIds ids,
      Clock clock,
      @Nullable Intake intake) {
    this.intake = intake;
    this.store = store;
    this.indexer = indexer;
    this.nearDuplicates = new NearDuplicates(store);
    this.writer = writer;
    this.ids = ids;
    this.clock = clock;
  }

  /// Stores the input, or says by what it is known already. All of it or nothing.
  public Added add(Caller caller, AddRequest asked) {
    caller.require(Right.WRITE);
    AddRequest request = asked.masked();
    Scope scope =
        new Scope(caller.user(request.user()), caller.writer(request.agent()), request.run());
    Turns.Cleaned turns = Turns.clean(Turns.of(request));
    if (turns.turns().isEmpty()) {
      return new Added(Added.Status.STORED, List.of(), false, false);
    }
    Instant now = clock.instant();
    Call call = new Call(caller, request, scope, turns.turns(), now);
    if (request.infer() && intake != null) {
      call.requireNotExpired();
      return intake.take(caller, request, scope, turns);
    }
    Optional<Added> earlier = call.replay();
    return earlier.isPresent() ? earlier.get() : call.store();
  }

  /// One add, with what is the same at each attempt.
  private final class Call {

    private final Caller caller;
    private final AddRequest request;
    private final Scope scope;
    private final List<Turn> turns;
    private final Instant now;
    private final @Nullable UUID conversation;
    private final Map<TextHash, Features> features = new LinkedHashMap<>();

    Call(Caller caller, AddRequest request, Scope scope, List<Turn> turns, Instant now) {
      this.caller = caller;
      this.request = request;
      this.scope = scope;
      this.turns = turns;
      this.now = now;
      conversation = scope.run() == null && turns.size() > 1 ? ids.next().value() : null;
    }

    /// The answer of an earlier call with the same key.
    Optional<Added> replay() {
      String key = request.idempotencyKey();
      return key == null
          ? Optional.empty()
          : store.mark(Replay.name(scope.user(), key)).map(this::replayed);
    }

    Added store() {
      requireNotExpired();
      // Each refusal makes one more turn known, so this ends.
      while (true) {
        List<Change> changes = new ArrayList<>();
        List<Added.Item> items = decide(changes);
        if (request.idempotencyKey() != null) {
          changes.add(
              new Change.ClaimMark(
                  Replay.mark(scope.user(), request.idempotencyKey(), content(), items, now)));
        }
        if (changes.isEmpty()) {
          return answer(items);
        }
        switch (writer.apply(changes)) {
          case Outcome.Applied() -> {
            return answer(items);
          }
          case Outcome.Marked(Mark existing) -> {
            return replayed(existing);
          }
          case Outcome.Duplicate(MemoryId _) -> {}
          case Outcome.Stale _ -> {} // What was pending is settled, or gone.
          case Outcome.Superseded _, Outcome.LeaseLost _ ->
              throw new IllegalStateException("An add replaces no mark and ends no task");
        }
      }
    }

    /// Only where it is not the same call again, which may come when the memory has expired.
    private void requireNotExpired() {
      if (request.expires() != null && !request.expires().isAfter(now)) {
        throw new InvalidInput(
            "expires_at", "is in the past: " + request.expires(), "Pass a later time.");
      }
    }

    /// What becomes of each turn; the changes that make it so go into `changes`.
    private List<Added.Item> decide(List<Change> changes) {
      Map<TextHash, Added.Item> decided = new LinkedHashMap<>();
      List<Added.Item> items = new ArrayList<>();
      for (Turn turn : turns) {
        TextHash hash = TextHash.of(turn.text());
        Added.Item first = decided.get(hash);
        Added.Item item =
            first == null
                ? decide(turn, hash, changes)
                : new Added.Item(first.id(), first.text(), Event.NONE, "said twice");
        decided.putIfAbsent(hash, item);
        items.add(item);
      }
      return items;
    }

    private Added.Item decide(Turn turn, TextHash hash, List<Change> changes) {
      Optional<MemoryId> same = store.findSame(scope, hash, now);
      if (same.isPresent()) {
        settle(same.get(), changes);
        boolean completed = join(same.get(), changes);
        store.find(same.get()).ifPresent(memory -> rely(memory, changes));
        return completed
            ? new Added.Item(same.get(), turn.text(), Event.UPDATE, "stored already; completed")
            : new Added.Item(same.get(), turn.text(), Event.NONE, "stored already");
      }
      Features known = features.computeIfAbsent(hash, _ -> indexer.features(turn.text()));
      Optional<Memory> near =
          request.infer() ? nearDuplicates.find(scope, turn.text(), known, now) : Optional.empty();
      if (near.isPresent()) {
        rely(near.get(), changes);
        return new Added.Item(
            near.get().id(), near.get().text(), Event.NONE, "stored already in other words");
      }
      Memory memory = memory(turn);
      changes.add(
          new Change.Add(
              memory,
              known,
              new HistoryEntry(
                  memory.id(), Event.ADD, null, turn.text(), now, caller.actor(), "added", null)));
      return new Added.Item(memory.id(), turn.text(), Event.ADD, null);
    }

    private void rely(Memory on, List<Change> changes) {
      Reliance.note(store, on, now, caller.actor(), changes);
    }

    /// What waits for a language model is wanted as it is, and so waits no more.
    private void settle(MemoryId same, List<Change> changes) {
      store
          .find(same)
          .filter(memory -> memory.content().stage() != Stage.SETTLED)
          .map(memory -> IngestQueue.staged(memory, Stage.SETTLED, now, "wanted as it is"))
          .ifPresent(changes::add);
    }

    /// What is said again is kept for as long as this call asks, where that is longer, and takes on
    /// what this call says about it. Returns whether that is anything new.
    private boolean join(MemoryId same, List<Change> changes) {
      Optional<Memory> known = store.find(same);
      // A change that settles it is on its way already; the next add completes it.
      if (known.isEmpty() || known.get().content().stage() != Stage.SETTLED) {
        return false;
      }
      Memory before = known.get();
      boolean longer = isLonger(request.expires(), before.times().expires());
      Content content = joined(before.content());
      if (!longer && content.equals(before.content())) {
        return false;
      }
      Memory after =
          new Memory(
              same,
              before.scope(),
              content,
              before.origin(),
              longer ? before.times().expiring(request.expires()) : before.times(),
              before.version() + 1);
      HistoryEntry history =
          new HistoryEntry(
              same,
              Event.UPDATE,
              before.text(),
              before.text(),
              now,
              caller.actor(),
              longer ? "kept longer" : "completed",
              null);
      changes.add(new Change.Annotate(after, history));
      return true;
    }

    private Content joined(Content before) {
      String category = request.category();
      return new Content(
          before.text(),
          category == null ? before.category() : category,
          category == null ? before.shared() : Content.isShared(category),
          before.metadata().merged(request.metadata()),
          before.stage());
    }

    private static boolean isLonger(@Nullable Instant asked, @Nullable Instant known) {
      return known != null && (asked == null || asked.isAfter(known));
    }

    private Memory memory(Turn turn) {
      return new Memory(
          ids.next(),
          scope,
          new Content(
              turn.text(),
              request.category(),
              Content.isShared(request.category()),
              turn.metadata(request.metadata())),
          new Origin(caller.source(), turn.author(), conversation),
          new Times(now, now, request.observed(), request.expires()),
          1);
    }

    private String content() {
      return Replay.content(store, scope, turns);
    }

    private Added answer(List<Added.Item> items) {
      return new Added(Added.Status.STORED, items, false, request.infer());
    }

    private Added replayed(Mark mark) {
      if (!Replay.isOf(mark, content())) {
        throw new Conflict(
            "idempotency_key \"%s\" was used before with other content"
                .formatted(request.idempotencyKey()),
            "Use a new key for new content.");
      }
      return new Added(Added.Status.STORED, Replay.items(mark, store), true, request.infer());
    }
  }
}
