package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.Judgement.Judged;
import dev.agenticmemory.engine.Judgement.Statement;
import dev.agenticmemory.engine.Judgement.Verdict;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings statements that a job found into long-term memory: has them judged, and makes the changes
/// that follow. What their user deleted stays away. Applies nothing itself.
final class Settlement {

  /// One statement with what is kept beside its text.
  ///
  /// @param observed when it was said; null where nobody knows
  /// @param expires from when on it is not to be found; null for never
  record Item(
      Statement statement, Content content, @Nullable Instant observed, @Nullable Instant expires) {

    /// What is private and stays for good.
    static Item of(
        String text,
        Author author,
        LocalDate day,
        @Nullable String category,
        @Nullable Instant observed) {
      return new Item(
          new Statement(text, author, day, Judgement.holders(false, null)),
          new Content(text, category, false, Metadata.EMPTY),
          observed,
          null);
    }

    String text() {
      return statement.text();
    }
  }

  /// What becomes of one item.
  ///
  /// @param memory the memory that holds it from now on, or that it ended; null where none does
  record Settled(Fate fate, @Nullable MemoryId memory) {}

  /// How one round ended.
  sealed interface End {
    Usage usage();

    /// All is decided.
    ///
    /// @param each one for each item
    /// @param changes what is to be applied, together with the end of where the items came from
    record Decided(List<Settled> each, List<Change> changes, Usage usage) implements End {}

    /// The model did not answer: nothing is decided.
    record Undecided(Failure failure, Usage usage) implements End {}
  }

  private static final Settled FORGOTTEN = new Settled(Fate.FORGOTTEN, null);

  private final Parts parts;
  private final Judgement judgement;
  private final Source source;
  private final Map<String, Features> features = new HashMap<>();

  /// Features of texts are made once, so one settlement is for one batch.
  ///
  /// @param source the door by which the memories come in
  Settlement(Parts parts, Judgement judgement, Source source) {
    this.parts = parts;
    this.judgement = judgement;
    this.source = source;
  }

  /// Decides on the present state of the store.
  ///
  /// @param reason what history says of a new memory
  End settle(Scope scope, List<Item> items, String reason, Instant now) {
    List<Boolean> forgotten = items.stream().map(item -> isForgotten(scope, item.text())).toList();
    List<Item> wanted = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (!forgotten.get(i)) {
        wanted.add(items.get(i));
      }
    }
    embed(wanted);
    Judged judged =
        wanted.isEmpty()
            ? new Judged.Settled(List.of(), List.of(), Usage.NONE)
            : judgement.judge(
                scope, wanted.stream().map(Item::statement).toList(), this::features, now);
    return switch (judged) {
      case Judged.Unanswered(Failure failure, Usage usage) -> new End.Undecided(failure, usage);
      case Judged.Settled(List<Verdict> verdicts, List<String> _, Usage usage) -> {
        Round round = new Round(scope, reason, now);
        Iterator<Settled> settled = round.settle(wanted, verdicts).iterator();
        List<Settled> each =
            forgotten.stream().map(gone -> gone ? FORGOTTEN : settled.next()).toList();
        if (usage.calls() > 0) {
          round.changes.add(UsageMarks.put(scope, usage, now));
        }
        yield new End.Decided(each, round.changes, usage);
      }
    };
  }

  private boolean isForgotten(Scope scope, String text) {
    return parts.store().forgotten(scope.user(), TextHash.of(text));
  }

  /// Takes features of texts that are in the store already, since making them is most of the work.
  void knows(Map<String, Features> known) {
    features.putAll(known);
  }

  /// All texts at once, which is quicker than one by one.
  private void embed(List<Item> items) {
    List<String> texts =
        items.stream().map(Item::text).filter(t -> !features.containsKey(t)).distinct().toList();
    if (!texts.isEmpty()) {
      List<Features> made = parts.indexer().features(texts);
      for (int i = 0; i < texts.size(); i++) {
        features.put(texts.get(i), made.get(i));
      }
    }
  }

  /// The features of a text.
  Features features(String text) {
    return features.computeIfAbsent(text, parts.indexer()::features);
  }

  /// What history says who did it.
  String actor() {
    return source.name().toLowerCase(Locale.ROOT);
  }

  /// The changes of one round.
  private final class Round {

    private final Scope scope;
    private final String reason;
    private final Instant now;
    private final List<Change> changes = new ArrayList<>();

    Round(Scope scope, String reason, Instant now) {
      this.scope = scope;
      this.reason = reason;
      this.now = now;
    }

    List<Settled> settle(List<Item> items, List<Verdict> verdicts) {
      List<Settled> settled = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        settled.add(settle(items.get(i), verdicts.get(i)));
      }
      for (int i = 0; i < items.size(); i++) {
        if (verdicts.get(i) instanceof Verdict.Twin(int twin)) {
          MemoryId memory = settled.get(twin).memory();
          settled.set(i, memory == null ? FORGOTTEN : new Settled(Fate.KNOWN, memory));
        }
      }
      return settled;
    }

    private Settled settle(Item item, Verdict verdict) {
      return switch (verdict) {
        case Verdict.New() -> add(item);
        case Verdict.Twin(int _) -> FORGOTTEN; // Until that one is settled.
        case Verdict.Known(Memory by, boolean _) -> known(by);
        case Verdict.Revised(Memory target, String text) ->
            isForgotten(scope, text) ? add(item) : revise(target, text);
        case Verdict.Ended(Memory target) -> end(target);
      };
    }

    private Settled known(Memory by) {
      if (source != Source.SYNC) {
        Reliance.note(parts.store(), by, now, actor(), changes);
      }
      return new Settled(Fate.KNOWN, by.id());
    }

    private Settled add(Item item) {
      MemoryStore store = parts.store();
      Optional<Memory> same =
          store.findSame(scope, item.content().hash(), now).flatMap(store::find);
      return same.isPresent() ? join(item, same.get()) : addNew(item);
    }

    /// There is one memory of a text in a scope: it takes on how long and for whom it is said now.
    private Settled join(Item item, Memory same) {
      Content before = same.content();
      boolean longer = Judgement.lasts(item.expires(), same);
      boolean shared = item.content().shared() && !before.shared();
      if (before.stage() != Stage.SETTLED) {
        changes.add(IngestQueue.staged(same, Stage.SETTLED, now, "wanted as it is"));
      } else if (longer || shared) {
        Content content =
            new Content(
                before.text(),
                shared ? item.content().category() : before.category(),
                shared || before.shared(),
                before.metadata(),
                before.stage());
        Memory after =
            new Memory(
                same.id(),
                same.scope(),
                content,
                same.origin(),
                longer ? same.times().expiring(item.expires()) : same.times(),
                same.version() + 1);
        String reason = longer ? "kept longer" : "shared";
        changes.add(
            new Change.Annotate(
                after,
                new HistoryEntry(
                    same.id(),
                    Event.UPDATE,
                    before.text(),
                    before.text(),
                    now,
                    actor(),
                    reason,
                    null)));
      }
      return new Settled(Fate.KNOWN, same.id());
    }

    private Settled addNew(Item item) {
      MemoryId id = parts.ids().next();
      changes.add(
          new Change.Add(
              new Memory(
                  id,
                  scope,
                  item.content(),
                  new Origin(source, item.statement().author(), null),
                  new Times(now, now, item.observed(), item.expires()),
                  1),
              features(item.text()),
              new HistoryEntry(id, Event.ADD, null, item.text(), now, actor(), reason, null)));
      return new Settled(Fate.ADDED, id);
    }

    private Settled revise(Memory target, String text) {
      changes.add(Settlement.this.revise(target, text, now));
      return new Settled(Fate.UPDATED, target.id());
    }

    private Settled end(Memory target) {
      HistoryEntry history =
          new HistoryEntry(
              target.id(),
              Event.DELETE,
              target.text(),
              null,
              now,
              actor(),
              "no longer true by what was said later",
              null);
      changes.add(new Change.Retire(target.id(), target.version(), history));
      return new Settled(Fate.RETIRED, target.id());
    }
  }

  /// Gives a memory another text.
  Change revise(Memory target, String text, Instant now) {
    Memory after = target.with(target.content().withText(text), now);
    return new Change.Revise(
        after,
        features(text),
        new HistoryEntry(
            target.id(),
            Event.UPDATE,
            target.text(),
            text,
            after.times().updated(),
            actor(),
            "superseded or completed by what was said later",
            null));
  }
}
