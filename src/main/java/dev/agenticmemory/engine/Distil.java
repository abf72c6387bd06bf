package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.FactChecks.Checked;
import dev.agenticmemory.engine.FactChecks.Fact;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Decision;
import dev.agenticmemory.llm.LanguageModel.Extracted;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Words;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes facts of one ingest, and puts them in its place in one change set.
///
/// The version of the pending memory is what guards against doing it twice: whoever is second finds
/// it gone. Until then nothing is changed, so that a process may end at any line of this class.
final class Distil {

  /// From this cosine on a memory may be about the same thing as a fact.
  private static final double NEIGHBOUR_COSINE_MIN = 0.4;

  /// And from this share of a fact's words on.
  private static final double NEIGHBOUR_WORDS_MIN = 0.34;

  /// Most memories that the model is shown for one fact, and in all.
  private static final int NEIGHBOURS_PER_FACT = 5;

  private static final int NEIGHBOURS_MAX = 20;

  /// How many candidates are looked at for those.
  private static final int CANDIDATES = 12;

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
  private final NearDuplicates nearDuplicates;
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
    this.nearDuplicates = new NearDuplicates(store);
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
          case Outcome.Marked _ -> throw new IllegalStateException("No mark is claimed here");
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
      private final Set<MemoryId> touched = new HashSet<>();
      private final Map<TextHash, MemoryId> written = new HashMap<>();

      Round(Memory pending) {
        this.pending = pending;
        this.scope = pending.scope();
        touched.add(pending.id());
      }

      /// Decides every fact; what failed is the model's answer.
      Optional<Failure> decide() {
        List<Fact> open = new ArrayList<>();
        for (Fact fact : checked.facts()) {
          Optional<Memory> known = known(fact);
          if (known.isPresent()) {
            items.add(
                new Distilled.One(
                    known.get().id(), Event.NONE, known.get().version(), "stored already"));
          } else {
            open.add(fact);
          }
        }
        Map<Fact, List<Memory>> near = new LinkedHashMap<>();
        open.forEach(fact -> near.put(fact, neighbours(fact)));
        List<Memory> shown =
            near.values().stream().flatMap(List::stream).distinct().limit(NEIGHBOURS_MAX).toList();
        List<Fact> asked =
            open.stream()
                .filter(f -> near.getOrDefault(f, List.of()).stream().anyMatch(shown::contains))
                .toList();
        open.stream().filter(fact -> !asked.contains(fact)).forEach(this::add);
        return asked.isEmpty() ? Optional.empty() : ask(asked, shown);
      }

      private Optional<Failure> ask(List<Fact> asked, List<Memory> shown) {
        Reply<List<Decision>> reply =
            model.decide(
                asked.stream().map(Fact::text).toList(), shown.stream().map(Memory::text).toList());
        usage = usage.plus(reply.usage());
        return switch (reply) {
          case Reply.Failed<List<Decision>>(Failure failure, Usage _) -> Optional.of(failure);
          case Reply.Answered<List<Decision>>(List<Decision> decisions, Usage _) -> {
            apply(asked, shown, decisions);
            yield Optional.empty();
          }
        };
      }

      /// Does what the model decided, as far as it may. A fact without a valid decision is added:
      /// that loses nothing and touches nothing.
      private void apply(List<Fact> asked, List<Memory> shown, List<Decision> decisions) {
        Map<Integer, Decision> byFact = new HashMap<>();
        for (Decision decision : decisions) {
          if (decision.fact() < 1 || decision.fact() > asked.size()) {
            left.add("decision on no fact");
          } else if (byFact.putIfAbsent(decision.fact(), decision) != null) {
            left.add("second decision on one fact");
          }
        }
        for (int i = 0; i < asked.size(); i++) {
          Decision decision = byFact.get(i + 1);
          if (decision == null || !apply(asked.get(i), decision, shown)) {
            add(asked.get(i));
          }
        }
      }

      private boolean apply(Fact fact, Decision decision, List<Memory> shown) {
        if (decision.event().equals("ADD")) {
          return false;
        }
        if (decision.memory() < 1 || decision.memory() > shown.size()) {
          left.add("decision on a memory that was not shown");
          return false;
        }
        Memory target = shown.get(decision.memory() - 1);
        if (touched.contains(target.id())) {
          left.add("second decision on one memory");
          return false;
        }
        return switch (decision.event()) {
          case "NONE" -> none(target);
          case "UPDATE" -> mayChange(fact, target) && update(fact, decision.text(), target);
          case "DELETE" -> mayChange(fact, target) && retire(fact, target);
          default -> {
            left.add("decision of no known kind");
            yield false;
          }
        };
      }

      private boolean none(Memory target) {
        items.add(
            new Distilled.One(
                target.id(), Event.NONE, target.version(), "stored already in other words"));
        return true;
      }

      /// What the assistant said does not overrule what the user said.
      private boolean mayChange(Fact fact, Memory target) {
        boolean may = fact.author() == Author.USER || target.origin().author() == Author.ASSISTANT;
        if (!may) {
          left.add("the assistant's word against the user's");
        }
        return may;
      }

      private boolean update(Fact fact, @Nullable String proposed, Memory target) {
        String revised = checks.revised(proposed, target.text(), fact);
        String text = revised == null ? fact.text() : revised;
        if (TextHash.of(text).equals(target.content().hash())) {
          return none(target);
        }
        Optional<MemoryId> same = same(text);
        if (same.isPresent() || written.containsKey(TextHash.of(text))) {
          return false;
        }
        Memory after = target.with(target.content().withText(text), now);
        touched.add(target.id());
        written.put(TextHash.of(text), target.id());
        changes.add(
            new Change.Revise(
                after,
                features.computeIfAbsent(text, indexer::features),
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
        return true;
      }

      private boolean retire(Fact fact, Memory target) {
        touched.add(target.id());
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
        return true;
      }

      private void add(Fact fact) {
        MemoryId twin = written.get(TextHash.of(fact.text()));
        if (twin != null) {
          left.add("said twice");
          return;
        }
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
        written.put(TextHash.of(fact.text()), id);
        changes.add(
            new Change.Add(
                memory,
                features.computeIfAbsent(fact.text(), indexer::features),
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

      /// The memory that says the same, found without a model.
      private Optional<Memory> known(Fact fact) {
        return same(fact.text())
            .flatMap(store::find)
            .or(() -> nearDuplicates.find(scope, fact.text(), featuresOf(fact), now))
            .filter(memory -> memory.content().stage() == Stage.SETTLED);
      }

      private Optional<MemoryId> same(String text) {
        return store.findSame(scope, TextHash.of(text), now).filter(id -> !id.equals(pending.id()));
      }

      private Features featuresOf(Fact fact) {
        return features.computeIfAbsent(fact.text(), indexer::features);
      }

      /// By meaning, or by words, which tell more than the meaning in languages that the embedding
      /// model does not know.
      private static boolean isNear(Candidate candidate) {
        long shared = candidate.counts().stream().filter(count -> count > 0).count();
        return candidate.cosine() >= NEIGHBOUR_COSINE_MIN
            || shared >= NEIGHBOUR_WORDS_MIN * candidate.counts().size();
      }

      /// The settled memories of exactly this scope that may be about the same thing, nearest
      /// first.
      private List<Memory> neighbours(Fact fact) {
        Selection selection =
            new Selection(
                scope.user(),
                scope.agent(),
                scope.run() == null
                    ? new Selection.Runs.LongTerm()
                    : new Selection.Runs.Only(scope.run()),
                Sharing.OFF,
                new Selection.Moment.Live(now),
                Filter.ALL);
        List<String> terms = Words.ofQuery(fact.text());
        Query query = new Query(featuresOf(fact).passages().getFirst(), terms, CANDIDATES);
        List<Candidate> near =
            store.candidates(selection, query).found().stream()
                .filter(Round::isNear)
                .sorted(Comparator.comparingDouble(Candidate::cosine).reversed())
                .limit(CANDIDATES)
                .toList();
        return store.load(near).stream()
            .filter(memory -> memory.scope().equals(scope))
            .filter(memory -> memory.content().stage() == Stage.SETTLED)
            .filter(memory -> memory.text().length() <= FactChecks.FACT_CHARS_MAX)
            .limit(NEIGHBOURS_PER_FACT)
            .toList();
      }
    }
  }
}
