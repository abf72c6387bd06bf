package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.FactChecks.Checked;
import dev.agenticmemory.engine.FactChecks.Fact;
import dev.agenticmemory.engine.Judgement.Judged;
import dev.agenticmemory.engine.Judgement.Statement;
import dev.agenticmemory.engine.Judgement.Verdict;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Extracted;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes facts of one ingest, and puts them in its place in one change set.
///
/// The version of the pending memory is what guards against doing it twice: whoever is second finds
/// it gone. Until then nothing is changed, so that a process may end at any line of this class.
final class Distil {

  /// What the model is shown for one fact, and in all.
  private static final Judgement.Limits LIMITS = Judgement.Limits.related(5, 20);

  /// How often it is decided anew because others changed the same memories meanwhile.
  private static final int ROUNDS_MAX = 5;

  /// How an attempt ended.
  sealed interface End {
    /// The facts are stored, or there is nothing to do any more.
    record Done() implements End {}

    /// Nothing was changed.
    record Undone(Failure failure, Usage usage) implements End {}
  }

  private final MemoryStore store;
  private final Indexer indexer;
  private final Judgement judgement;
  private final Writer writer;
  private final MemoryIds ids;
  private final LanguageModel model;
  private final Clock clock;

  Distil(
      MemoryStore store,
      Indexer indexer,
      Writer writer,
      MemoryIds ids,
      LanguageModel model,
      Clock clock) {
    this.store = store;
    this.indexer = indexer;
    this.judgement = new Judgement(store, model, LIMITS);
    this.writer = writer;
    this.ids = ids;
    this.model = model;
    this.clock = clock;
  }

  End run(Lease lease) {
    Ingest ingest = Ingest.of(lease.task());
    Optional<Memory> pending = pending(ingest);
    if (pending.isEmpty()) {
      var _ = writer.apply(List.of(new Change.EndTask(lease)));
      return new End.Done();
    }
    Conversation conversation =
        new Conversation(
            ingest.turns().stream().map(Distil::line).toList(), ingest.said(), ingest.prompt());
    return switch (model.extract(conversation)) {
      case Reply.Failed<Extracted>(Failure failure, Usage usage) -> new End.Undone(failure, usage);
      case Reply.Answered<Extracted>(Extracted extracted, Usage usage) ->
          new Attempt(lease, ingest, extracted, usage).settle();
    };
  }

  private Optional<Memory> pending(Ingest ingest) {
    return store.find(ingest.memory()).filter(m -> m.content().stage() == Stage.PENDING);
  }

  private static LanguageModel.Line line(Turns.Turn turn) {
    String role = turn.author().name().toLowerCase(Locale.ROOT);
    return new LanguageModel.Line(
        turn.speaker() == null ? role : role + " (" + turn.speaker() + ")", turn.text());
  }

  /// One attempt, from the model's facts to the change set.
  private final class Attempt {

    private final Lease lease;
    private final Ingest ingest;
    private final FactChecks checks;
    private final Checked checked;
    private final boolean keepsInput;
    private final Map<String, Features> features = new HashMap<>();
    private Usage usage;

    Attempt(Lease lease, Ingest ingest, Extracted extracted, Usage usage) {
      this.lease = lease;
      this.ingest = ingest;
      this.usage = usage;
      checks = new FactChecks(ingest);
      checked = checks.check(extracted.facts());
      keepsInput = checked.lost() || !extracted.complete();
      List<String> texts = checked.facts().stream().map(Fact::text).toList();
      List<Features> made = texts.isEmpty() ? List.of() : indexer.features(texts);
      for (int i = 0; i < texts.size(); i++) {
        features.put(texts.get(i), made.get(i));
      }
    }

    End settle() {
      for (int round = 0; round < ROUNDS_MAX; round++) {
        Optional<Memory> pending = pending(ingest);
        if (pending.isEmpty()) {
          var _ = writer.apply(List.of(new Change.EndTask(lease)));
          return new End.Done();
        }
        Round one = new Round(pending.get());
        Optional<Failure> failure = one.decide();
        if (failure.isPresent()) {
          return new End.Undone(failure.get(), usage);
        }
        switch (writer.apply(one.changes())) {
          case Outcome.Applied() -> {
            return new End.Done();
          }
          case Outcome.LeaseLost _ -> {
            return new End.Done(); // Whoever holds it now does it.
          }
          case Outcome.Stale _, Outcome.Duplicate _ -> {} // Read and decide again.
          case Outcome.Marked _, Outcome.Superseded _ ->
              throw new IllegalStateException("No mark is claimed or replaced here");
        }
      }
      return new End.Undone(
          new Failure(
              "The memories that it concerns are being changed all the time",
              "It is tried again later.",
              Failure.Kind.OUTAGE,
              null),
          usage);
    }

    /// What is decided on one state of the store.
    private final class Round {

      private final Memory pending;
      private final Scope scope;
      private final Instant now = clock.instant();
      private final List<Change> changes = new ArrayList<>();
      private final List<Distilled.One> items = new ArrayList<>();
      private final List<String> left = new ArrayList<>(checked.left());

      Round(Memory pending) {
        this.pending = pending;
        this.scope = pending.scope();
      }

      /// Decides every fact; what failed is the model's answer.
      Optional<Failure> decide() {
        List<Statement> statements =
            checked.facts().stream()
                .map(fact -> new Statement(fact.text(), fact.author(), checks.day(), this::isOther))
                .toList();
        Judged judged = judgement.judge(scope, statements, this::featuresOf, now);
        usage = usage.plus(judged.usage());
        return switch (judged) {
          case Judged.Unanswered(Failure failure, Usage _) -> Optional.of(failure);
          case Judged.Settled(List<Verdict> verdicts, List<String> rejected, Usage _) -> {
            left.addAll(rejected);
            for (int i = 0; i < verdicts.size(); i++) {
              settle(checked.facts().get(i), verdicts.get(i));
            }
            yield Optional.empty();
          }
        };
      }

      private void settle(Fact fact, Verdict verdict) {
        switch (verdict) {
          case Verdict.New() -> add(fact);
          case Verdict.Twin(int _) -> left.add("said twice");
          case Verdict.Known(Memory by, boolean inOtherWords) -> {
            Reliance.note(store, by, now, ingest.actor(), changes);
            items.add(
                new Distilled.One(
                    by.id(),
                    Event.NONE,
                    by.version(),
                    inOtherWords ? "stored already in other words" : "stored already"));
          }
          case Verdict.Revised(Memory target, String text) -> update(target, text);
          case Verdict.Ended(Memory target) -> retire(fact, target);
        }
      }

      private void update(Memory target, String text) {
        Memory after = target.with(target.content().withText(text), now);
        changes.add(
            new Change.Revise(
                after,
                featuresOf(text),
                new HistoryEntry(
                    target.id(),
                    Event.UPDATE,
                    target.text(),
                    text,
                    after.times().updated(),
                    ingest.actor(),
                    "superseded or completed by a newer statement",
                    null)));
        items.add(new Distilled.One(target.id(), Event.UPDATE, after.version(), null));
      }

      private void retire(Fact fact, Memory target) {
        changes.add(
            new Change.Retire(
                target.id(),
                target.version(),
                new HistoryEntry(
                    target.id(),
                    Event.DELETE,
                    target.text(),
                    null,
                    now,
                    ingest.actor(),
                    "no longer true: " + fact.text(),
                    null)));
        items.add(new Distilled.One(target.id(), Event.DELETE, target.version(), null));
      }

      private void add(Fact fact) {
        MemoryId id = ids.next();
        String category = ingest.category() == null ? fact.category() : ingest.category();
        Memory memory =
            new Memory(
                id,
                scope,
                new Content(
                    fact.text(),
                    category,
                    Content.isShared(ingest.category()),
                    pending.content().metadata()),
                new Origin(pending.origin().source(), fact.author(), null),
                new Times(now, now, ingest.observed(), pending.times().expires()),
                1);
        changes.add(
            new Change.Add(
                memory,
                featuresOf(fact.text()),
                new HistoryEntry(
                    id,
                    Event.ADD,
                    null,
                    fact.text(),
                    now,
                    ingest.actor(),
                    "extracted by " + model.name(),
                    pending.id())));
        items.add(new Distilled.One(id, Event.ADD, 1, null));
      }

      /// All of it: the end of the ingest first, so that a fact may have the input's very words.
      List<Change> changes() {
        List<Change> all = new ArrayList<>();
        String reason = reason();
        if (keepsInput) {
          Memory settled = pending.with(pending.content().withStage(Stage.SETTLED), now);
          items.add(
              new Distilled.One(
                  pending.id(),
                  Event.ADD,
                  settled.version(),
                  "kept, as the facts may not say all of it"));
          all.add(new Change.EndTask(lease));
          // With its meaning, which could perhaps not be had when it came.
          all.add(
              new Change.Revise(
                  settled,
                  indexer.features(settled.text()),
                  entry(Event.UPDATE, pending.text(), reason)));
        } else {
          all.add(
              new Change.Erase(
                  pending.id(), pending.version(), entry(Event.DELETE, null, reason), false));
        }
        all.addAll(changes);
        Usage spent = ingest.usage().plus(usage);
        all.add(new Distilled(items, left.size(), spent).put(scope.user(), pending.id(), now));
        all.add(UsageMarks.put(scope, usage, now));
        return all;
      }

      private HistoryEntry entry(Event event, @Nullable String text, String reason) {
        return new HistoryEntry(
            pending.id(),
            event,
            text,
            text,
            now,
            ingest.actor(),
            reason,
            items.isEmpty() ? null : items.getFirst().id());
      }

      private String reason() {
        String made = "distilled into %d memories".formatted(items.size());
        if (left.isEmpty()) {
          return made;
        }
        Map<String, Long> counted =
            left.stream()
                .collect(Collectors.groupingBy(w -> w, LinkedHashMap::new, Collectors.counting()));
        return made
            + "; left out: "
            + counted.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
      }

      private boolean isOther(Memory memory) {
        return !memory.id().equals(pending.id());
      }

      private Features featuresOf(String text) {
        return features.computeIfAbsent(text, indexer::features);
      }
    }
  }
}
