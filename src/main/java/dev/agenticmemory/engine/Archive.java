package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Judgement.Statement;
import dev.agenticmemory.engine.Settlement.End;
import dev.agenticmemory.engine.Settlement.Item;
import dev.agenticmemory.engine.Settlement.Settled;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Weighs short-term memories of before a day against long-term memory, and archives them.
///
/// A memory leaves in the very change set that says what became of it: added, merged into which,
/// known by which. It is judged beside long-term memories alone, so never beside itself. What fails
/// stays where it is.
final class Archive {

  /// How many are weighed at once: with a model in one question, without one in one change set.
  private static final int BATCH_ASKING = 20;

  private static final int BATCH_SILENT = 200;

  /// Longest batch that is one question, in characters.
  private static final int QUESTION_CHARS_MAX = 12_000;

  /// How often a batch is decided anew because others changed the same memories meanwhile.
  private static final int ROUNDS_MAX = 5;

  private final Parts parts;
  private final MemoryStore store;
  private final Judgement judgement;
  private final boolean asks;
  private final Run run;
  private final Instant now;

  /// @param asks whether a model is asked
  Archive(Parts parts, Judgement judgement, boolean asks, Run run) {
    this.parts = parts;
    this.store = parts.store();
    this.judgement = judgement;
    this.asks = asks;
    this.run = run;
    this.now = parts.clock().instant();
  }

  void archive(UserId user, LocalDate before) {
    ShortTerm shortTerm = new ShortTerm(store, user, now);
    for (RunId day : shortTerm.runsBefore(before)) {
      int batch = asks ? BATCH_ASKING : BATCH_SILENT;
      run.part(() -> shortTerm.batches(day, before, batch, memories -> archive(day, memories)));
    }
  }

  private void archive(RunId day, List<Memory> memories) {
    run.pause();
    if (run.isDry()) {
      run.count(Fate.ARCHIVED, memories.size());
      return;
    }
    if (!run.mayAsk()) {
      return;
    }
    run.say("archiving %d memories of %s".formatted(memories.size(), day));
    Map<Kind, List<Memory>> byKind = new LinkedHashMap<>();
    for (Memory memory : memories) {
      byKind.computeIfAbsent(Kind.of(memory), _ -> new ArrayList<>()).add(memory);
    }
    Map<String, Features> stored = stored(memories);
    byKind.forEach(
        (kind, all) -> questions(all).forEach(some -> archive(kind.scope(), some, stored)));
  }

  /// What is weighed together: one of it may hold another.
  private record Kind(Scope scope, boolean shared, @Nullable Instant expires) {

    static Kind of(Memory memory) {
      return new Kind(
          new Scope(memory.scope().user(), memory.scope().agent(), null),
          memory.content().shared(),
          memory.times().expires());
    }
  }

  /// The memories in batches that a model can be asked about.
  private List<List<Memory>> questions(List<Memory> memories) {
    if (!asks) {
      return List.of(memories);
    }
    List<List<Memory>> questions = new ArrayList<>();
    List<Memory> open = new ArrayList<>();
    int chars = 0;
    for (Memory memory : memories) {
      if (!open.isEmpty() && chars + memory.text().length() > QUESTION_CHARS_MAX) {
        questions.add(open);
        open = new ArrayList<>();
        chars = 0;
      }
      open.add(memory);
      chars += memory.text().length();
    }
    questions.add(open);
    return questions;
  }

  private void archive(Scope scope, List<Memory> memories, Map<String, Features> stored) {
    List<Memory> withdrawn =
        memories.stream().filter(memory -> Distilment.isWithdrawn(store, memory)).toList();
    List<Memory> weighed = memories.stream().filter(memory -> !withdrawn.contains(memory)).toList();
    Settlement settlement = new Settlement(parts, judgement, Source.DREAM);
    settlement.knows(stored);
    List<Item> items = weighed.stream().map(Archive::item).toList();
    for (int round = 0; round < ROUNDS_MAX && run.mayAsk(); round++) {
      switch (settlement.settle(scope, items, "archived from short-term memory", now)) {
        case End.Undecided(Failure failure, Usage usage) -> {
          if (failure.kind() == Failure.Kind.NONSENSE && memories.size() > 1) {
            run.spoiled(usage);
            int half = memories.size() / 2;
            archive(scope, memories.subList(0, half), stored);
            archive(scope, memories.subList(half, memories.size()), stored);
          } else {
            run.unanswered(failure, usage, memories.size());
          }
          return;
        }
        case End.Decided(List<Settled> each, List<Change> decided, Usage usage) -> {
          run.answered(usage);
          List<Change> changes = new ArrayList<>(decided);
          for (int i = 0; i < weighed.size(); i++) {
            changes.addAll(leave(weighed.get(i), each.get(i)));
          }
          withdrawn.forEach(memory -> changes.addAll(leave(memory, FORGOTTEN)));
          if (parts.writer().apply(changes) instanceof Outcome.Applied) {
            run.count(Fate.ARCHIVED, memories.size());
            each.forEach(one -> run.count(one.fate()));
            run.count(Fate.FORGOTTEN, withdrawn.size());
            return;
          }
        }
      }
    }
    run.failed(
        "Some short-term memories were being changed, and are left for the next run",
        memories.size());
  }

  /// The features of memories that were made one after the other, as those of a day mostly were, by
  /// text; those of the others are made anew.
  private Map<String, Features> stored(List<Memory> memories) {
    Map<String, Features> stored = new HashMap<>();
    memories.stream()
        .map(Memory::id)
        .min(MemoryId::compareTo)
        .map(first -> store.contents().dossiers(null, first.before(), memories.size()))
        .orElse(List.of())
        .stream()
        .flatMap(dossier -> dossier.states().stream())
        .filter(state -> !state.features().passages().isEmpty())
        .forEach(state -> stored.put(state.memory().text(), state.features()));
    return stored;
  }

  private static final Settled FORGOTTEN = new Settled(Fate.FORGOTTEN, null);

  /// A long-term memory in the making. Its time is when it was said.
  private static Item item(Memory memory) {
    Instant happened = memory.times().happened();
    LocalDate day = LocalDate.ofInstant(happened, ZoneOffset.UTC);
    return new Item(
        new Statement(
            memory.text(),
            memory.origin().author(),
            day,
            Judgement.holders(memory.content().shared(), memory.times().expires())),
        memory.content(),
        happened,
        memory.times().expires());
  }

  /// The end of a short-term memory, with what became of it.
  private List<Change> leave(Memory memory, Settled settled) {
    if (settled.fate() == Fate.FORGOTTEN) {
      return List.of(forget(memory));
    }
    MemoryId into = settled.memory();
    HistoryEntry history =
        new HistoryEntry(
            memory.id(),
            Event.DELETE,
            memory.text(),
            null,
            now,
            Erasures.DREAM,
            reason(settled),
            into);
    Change retire = new Change.Retire(memory.id(), memory.version(), history);
    return into == null || settled.fate() == Fate.RETIRED
        ? List.of(retire)
        : List.of(retire, Lineage.put(memory.scope().user(), memory.id(), into, now));
  }

  /// What its user deleted is in no history and in no past either.
  private Change forget(Memory memory) {
    HistoryEntry history =
        new HistoryEntry(
            memory.id(), Event.DELETE, null, null, now, Erasures.DREAM, Erasures.WITHDRAWN, null);
    return new Change.Erase(memory.id(), memory.version(), history);
  }

  private static String reason(Settled settled) {
    String what =
        switch (settled.fate()) {
          case ADDED -> "is the long-term memory ";
          case UPDATED -> "merged into the long-term memory ";
          case KNOWN -> "known already by the long-term memory ";
          case RETIRED -> "ended the long-term memory ";
          case FORGOTTEN, ARCHIVED, MERGED, PURGED, NOISE, UNCHANGED, WAITING, FAILED ->
              throw new IllegalStateException("No fate of an archived memory: " + settled.fate());
        };
    return "archived: " + what + (settled.memory() == null ? "" : settled.memory());
  }
}
