package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Judgement.Statement;
import dev.agenticmemory.engine.Settlement.End;
import dev.agenticmemory.engine.Settlement.Item;
import dev.agenticmemory.engine.Settlement.Settled;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Merges long-term memories that say nearly the same: each new one is judged beside older ones of
/// its scope. A mark says how far that has come, so nothing is judged twice.
final class Merging {

  private static final String KIND = "merged-through";

  /// How many new memories are judged in one question.
  private static final int BATCH = 20;

  private final Parts parts;
  private final MemoryStore store;
  private final Judgement judgement;
  private final boolean asks;
  private final Run run;
  private final Instant now;

  /// @param asks whether a model is asked
  Merging(Parts parts, Judgement judgement, boolean asks, Run run) {
    this.parts = parts;
    this.asks = asks;
    this.store = parts.store();
    this.judgement = judgement;
    this.run = run;
    this.now = parts.clock().instant();
  }

  void merge(UserId user) {
    Selection all =
        new Selection(
            user,
            null,
            new Selection.Runs.LongTerm(),
            Sharing.OFF,
            new Selection.Moment.Live(now),
            Filter.ALL);
    Map<Scope, List<MemoryId>> fresh = new LinkedHashMap<>();
    Map<Scope, Optional<MemoryId>> through = new HashMap<>();
    Pages.each(
        store,
        all,
        memory -> {
          // Without a model nothing more is found than when it was archived.
          if (!asks && memory.origin().source() == Source.DREAM) {
            return;
          }
          Optional<MemoryId> done = through.computeIfAbsent(memory.scope(), this::through);
          if (done.isEmpty() || memory.id().compareTo(done.get()) > 0) {
            fresh.computeIfAbsent(memory.scope(), _ -> new ArrayList<>()).add(memory.id());
          }
        });
    if (!run.isDry()) {
      fresh.forEach((scope, ids) -> run.part(() -> new InScope(scope).merge(ids)));
    }
  }

  private Mark.Name name(Scope scope) {
    // A missing agent is JSON's null, so that it is not the agent "null".
    String agent = scope.agent() == null ? null : scope.agent().value();
    return new Mark.Name(KIND, scope.user().value(), Json.print(Json.array().add(agent)));
  }

  private Optional<MemoryId> through(Scope scope) {
    return store.mark(name(scope)).map(mark -> MemoryId.parse(mark.value()));
  }

  /// The new memories of one scope, in the order in which they were made.
  private final class InScope {

    private final Scope scope;
    private final List<Memory> batch = new ArrayList<>();
    private Settlement settlement = settlement();

    InScope(Scope scope) {
      this.scope = scope;
    }

    private Settlement settlement() {
      return new Settlement(parts, judgement, Source.DREAM);
    }

    void merge(List<MemoryId> ids) {
      for (MemoryId id : ids.stream().sorted().toList()) {
        run.pause();
        Optional<Memory> memory = store.find(id).filter(m -> m.content().stage() == Stage.SETTLED);
        if (memory.isPresent() && !take(memory.get())) {
          return; // The next run goes on here.
        }
      }
      if (judged()) {
        put(List.of(through(ids.stream().max(MemoryId::compareTo).orElseThrow())));
      }
    }

    /// Keeps a memory for the next question, where it has anything beside it. False where the model
    /// did not answer.
    private boolean take(Memory memory) {
      List<Memory> beside = judgement.beside(scope, statement(memory), settlement::features, now);
      if (beside.isEmpty()) {
        return true;
      }
      // What is judged is not judged by: one of two would go into the other, which goes too.
      boolean tangled =
          beside.stream()
              .anyMatch(older -> batch.stream().anyMatch(m -> m.id().equals(older.id())));
      if ((tangled || batch.size() == BATCH) && !judged()) {
        return false;
      }
      batch.add(memory);
      return true;
    }

    private Statement statement(Memory memory) {
      LocalDate day = LocalDate.ofInstant(memory.times().happened(), ZoneOffset.UTC);
      return new Statement(
          memory.text(), memory.origin().author(), day, older -> isAlike(older, memory));
    }

    /// Judges what was kept. False where the model did not answer.
    private boolean judged() {
      if (batch.isEmpty()) {
        return true;
      }
      List<Item> items =
          batch.stream()
              .map(m -> new Item(statement(m), m.content(), null, m.times().expires()))
              .toList();
      switch (settlement.settle(scope, items, "", now)) {
        case End.Undecided(Failure failure, Usage usage) -> {
          run.unanswered(failure, usage, batch.size());
          return false;
        }
        case End.Decided(List<Settled> each, List<Change> decided, Usage usage) -> {
          run.answered(usage);
          List<Change> changes = new ArrayList<>();
          // What is new beside the older ones is there already.
          decided.stream().filter(change -> !(change instanceof Change.Add)).forEach(changes::add);
          long merged = 0;
          for (int i = 0; i < batch.size(); i++) {
            List<Change> one = merge(batch.get(i), each.get(i));
            merged += one.isEmpty() ? 0 : 1;
            changes.addAll(one);
          }
          changes.add(through(batch.getLast().id()));
          // What was changed meanwhile stays as it is; it was no duplicate for certain.
          if (put(changes)) {
            run.count(Fate.MERGED, merged);
          }
        }
      }
      batch.clear();
      settlement = settlement();
      return true;
    }

    private boolean put(List<Change> changes) {
      return parts.writer().apply(changes) instanceof Outcome.Applied;
    }

    private Change through(MemoryId id) {
      return new Change.PutMark(new Mark(name(scope), id.toString(), now));
    }

    private List<Change> merge(Memory memory, Settled settled) {
      MemoryId into = settled.memory();
      boolean merged = settled.fate() == Fate.KNOWN || settled.fate() == Fate.UPDATED;
      return merged && into != null && !into.equals(memory.id())
          ? List.of(retire(memory, into), Lineage.put(scope.user(), memory.id(), into, now))
          : List.of();
    }
  }

  /// Older, and as visible and as lasting as the other.
  private static boolean isAlike(Memory older, Memory memory) {
    return older.id().compareTo(memory.id()) < 0
        && older.content().shared() == memory.content().shared()
        && older.times().expires() == null
        && memory.times().expires() == null;
  }

  private Change retire(Memory memory, MemoryId into) {
    return new Change.Retire(
        memory.id(),
        memory.version(),
        new HistoryEntry(
            memory.id(),
            Event.DELETE,
            memory.text(),
            null,
            now,
            Erasures.DREAM,
            "merged into the memory " + into + ", which says nearly the same",
            into));
  }
}
