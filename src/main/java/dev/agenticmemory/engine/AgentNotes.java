package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Ledger.Edit;
import dev.agenticmemory.engine.Ledger.Line;
import dev.agenticmemory.engine.Settlement.End;
import dev.agenticmemory.engine.Settlement.Item;
import dev.agenticmemory.engine.Settlement.Settled;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The notes of one agent, as one [Sync] finds them.
final class AgentNotes {

  /// How many new items are judged at once.
  private static final int ITEMS_PER_QUESTION = 20;

  /// How often it is decided anew because others changed the same memories meanwhile.
  private static final int ROUNDS_MAX = 5;

  private final Parts parts;
  private final MemoryStore store;
  private final Judgement judgement;
  private final Scope scope;
  private final Mark.Name name;
  private final Run run;
  private final Instant now;

  /// What each item says, by fingerprint, in the order of the file.
  private final Map<String, String> texts = new LinkedHashMap<>();

  /// What is known of each item by now.
  private final Map<String, Line> lines = new LinkedHashMap<>();

  /// See [Ledger#deleted(java.util.Set, java.util.function.Predicate)].
  private Set<String> deleted = Set.of();

  /// How many items were kept away.
  private int away;

  /// The ledger as it was read or written last.
  private Optional<Mark> kept = Optional.empty();

  /// Whether somebody else has written another one since.
  private boolean overtaken;

  AgentNotes(Parts parts, Judgement judgement, UserId user, AgentId agent, Run run) {
    this.parts = parts;
    this.store = parts.store();
    this.judgement = judgement;
    this.scope = new Scope(user, agent, null);
    this.name = new Mark.Name(Ledger.NOTES, user.value(), agent.value());
    this.run = run;
    this.now = parts.clock().instant();
  }

  /// Brings memory in step with these sections. False where somebody else has kept another ledger
  /// meanwhile: the notes are to be read again then.
  boolean sync(List<Workspace.Section> sections) {
    kept = store.mark(name);
    Ledger before = kept.map(mark -> Ledger.parse(mark.value())).orElse(Ledger.EMPTY);
    Map<String, Line> known = before.byEntry();
    sections.forEach(section -> section.items().forEach(item -> read(section, item, known)));
    List<Line> fresh = lines.values().stream().filter(l -> !known.containsKey(l.entry())).toList();
    List<Line> gone = before.gone(lines.keySet());
    if (!fresh.isEmpty() || !gone.isEmpty()) {
      run.say(
          "%s: %d new or changed items, %d removed"
              .formatted(scope.agent(), fresh.size(), gone.size()));
      deleted = before.deleted(lines.keySet(), line -> Erasures.byUser(store, line));
      List<Line> wanted = fresh.stream().filter(l -> !deleted.contains(l.of().body())).toList();
      away = fresh.size() - wanted.size();
      Map<String, Edit> edits = before.edits(List.copyOf(lines.values()));
      if (run.isDry()) {
        tellDry(wanted, gone, edits);
      } else {
        new Changing(gone, edits).apply(wanted);
      }
      if (!overtaken) {
        run.count(Fate.FORGOTTEN, fresh.size() - (long) wanted.size());
        run.keptAway("%s, notes".formatted(scope.agent()), away);
      }
    }
    if (!overtaken) {
      run.count(Fate.UNCHANGED, lines.size() - (long) fresh.size());
    }
    return !overtaken;
  }

  private void read(Workspace.Section section, String item, Map<String, Line> known) {
    String text = Fitting.of(section.text(item));
    String entry = entry(text);
    if (texts.putIfAbsent(entry, text) == null) {
      String name = section.place() == 1 ? section.name() : section.name() + section.place();
      Imprint of =
          new Imprint(
              entry,
              fingerprint("section", name),
              Imprint.isTelling(item) ? fingerprint("body", TextHash.of(item).hex()) : "");
      Line line = known.computeIfPresent(entry, (_, before) -> before.told(of));
      lines.put(entry, line == null ? Line.open(of) : line);
    }
  }

  private void tellDry(List<Line> fresh, List<Line> gone, Map<String, Edit> edits) {
    long updated = fresh.stream().filter(line -> edits.containsKey(line.entry())).count();
    run.count(Fate.UPDATED, updated);
    run.count(Fate.ADDED, fresh.size() - updated);
    run.count(Fate.RETIRED, gone.size() - updated);
  }

  private String text(Line line) {
    return Objects.requireNonNull(texts.get(line.entry()));
  }

  private String entry(String text) {
    return fingerprint("item", TextHash.of(text).hex());
  }

  private String fingerprint(String kind, String what) {
    return store.key().hash(kind, String.valueOf(scope.agent()), what);
  }

  /// What changes, change set by change set; each leaves a ledger that is true then.
  private final class Changing {

    private final Map<String, Edit> edits;

    /// What is in the ledger from the next change set on: all but what is still to be brought in.
    private Map<String, Line> settled = new LinkedHashMap<>();

    private Map<String, Line> gone = new LinkedHashMap<>();

    Changing(List<Line> gone, Map<String, Edit> edits) {
      gone.forEach(line -> this.gone.put(line.entry(), line));
      this.edits = edits;
    }

    void apply(List<Line> fresh) {
      settled.putAll(lines);
      fresh.forEach(line -> settled.remove(line.entry()));
      boolean all = true;
      for (int from = 0; from < fresh.size() && !overtaken; from += ITEMS_PER_QUESTION) {
        run.pause();
        all &= take(fresh.subList(from, Math.min(fresh.size(), from + ITEMS_PER_QUESTION)));
      }
      if (all) {
        retireGone(); // Only now is it certain that nothing new says the same.
      }
    }

    /// Brings some new items in. False where that could not be done.
    private boolean take(List<Line> some) {
      List<Item> items = some.stream().map(this::item).toList();
      Settlement settlement = new Settlement(parts, judgement, Source.SYNC);
      for (int round = 0; round < ROUNDS_MAX && run.mayAsk() && !overtaken; round++) {
        switch (settlement.settle(scope, items, "from the agent's notes", now)) {
          case End.Undecided(Failure failure, Usage usage)
              when failure.kind() == Failure.Kind.NONSENSE && some.size() > 1 -> {
            run.spoiled(usage);
            boolean first = take(some.subList(0, some.size() / 2));
            return take(some.subList(some.size() / 2, some.size())) && first;
          }
          case End.Undecided(Failure failure, Usage usage) -> {
            run.unanswered(failure, usage, some.size());
            return false;
          }
          case End.Decided decided -> {
            run.answered(decided.usage());
            Attempt attempt = new Attempt(settlement, decided);
            if (attempt.succeeds(some)) {
              return true;
            }
          }
        }
      }
      if (!overtaken) {
        run.failed(
            "Some notes of %s are left for the next run".formatted(scope.agent()), some.size());
      }
      return false;
    }

    private Item item(Line line) {
      LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
      return Item.of(text(line), Author.ASSISTANT, day, null, null);
    }

    private void retireGone() {
      List<Change> changes = new ArrayList<>();
      Set<MemoryId> said =
          settled.values().stream()
              .flatMap(line -> Stream.ofNullable(line.memory()))
              .collect(Collectors.toSet());
      for (Line line : gone.values()) {
        if (line.memory() != null && !said.contains(line.memory())) {
          own(line).map(AgentNotes.this::retire).ifPresent(changes::add);
        }
      }
      if (isApplied(changes, settled, Map.of())) {
        run.count(Fate.RETIRED, changes.size());
      } else if (!overtaken) {
        run.failed("Notes of %s were changed meanwhile".formatted(scope.agent()), gone.size());
      }
    }

    /// The change set that brings some items in.
    private final class Attempt {

      private final Settlement settlement;
      private final End.Decided decided;
      private final List<Change> changes;
      private final List<Fate> fates = new ArrayList<>();
      private final Map<String, Line> settledAfter = new LinkedHashMap<>(settled);
      private final Map<String, Line> goneAfter = new LinkedHashMap<>(gone);

      Attempt(Settlement settlement, End.Decided decided) {
        this.settlement = settlement;
        this.decided = decided;
        this.changes = new ArrayList<>(decided.changes());
      }

      boolean succeeds(List<Line> some) {
        for (int i = 0; i < some.size(); i++) {
          settle(some.get(i), decided.each().get(i));
        }
        if (!isApplied(changes, settledAfter, goneAfter)) {
          return false;
        }
        settled = settledAfter;
        gone = goneAfter;
        fates.forEach(run::count);
        away += Collections.frequency(fates, Fate.FORGOTTEN);
        return true;
      }

      private void settle(Line line, Settled one) {
        Edit edit = edits.get(line.entry());
        Optional<Line> old = Optional.ofNullable(edit).map(Edit::before);
        Optional<Memory> before =
            old.flatMap(AgentNotes.this::own).filter(memory -> !isTouched(memory.id()));
        if (one.fate() == Fate.ADDED && before.isPresent()) {
          replace(line, old.orElseThrow(), before.get(), one);
          return;
        }
        fates.add(one.fate());
        Optional<Line> same =
            old.filter(l -> own(l).filter(m -> m.id().equals(one.memory())).isPresent());
        same.ifPresent(l -> goneAfter.remove(l.entry()));
        long own = one.fate() == Fate.ADDED || same.isPresent() ? version(one.memory()) : 0;
        settledAfter.put(line.entry(), new Line(line.of(), one.memory(), own));
      }

      /// An edited item keeps its memory, where that is there because of it alone.
      private void replace(Line line, Line old, Memory before, Settled one) {
        changes.removeIf(
            change -> change instanceof Change.Add add && add.memory().id().equals(one.memory()));
        changes.add(settlement.revise(before, text(line), now));
        fates.add(Fate.UPDATED);
        goneAfter.remove(old.entry());
        settledAfter.put(line.entry(), new Line(line.of(), before.id(), before.version() + 1));
      }

      private boolean isTouched(MemoryId id) {
        return decided.each().stream().anyMatch(one -> id.equals(one.memory()));
      }

      /// The version of a memory after this change set.
      private long version(@Nullable MemoryId id) {
        for (Change change : changes) {
          if (change instanceof Change.Revise revise && revise.memory().id().equals(id)) {
            return revise.memory().version();
          }
          if (change instanceof Change.Annotate annotate && annotate.memory().id().equals(id)) {
            return annotate.memory().version();
          }
        }
        return id == null ? 0 : store.find(id).map(Memory::version).orElse(1L);
      }
    }
  }

  /// The memory of a line, where it is there because of that alone and is as it was left: what
  /// somebody has changed since is theirs, and what somebody relies on stays.
  private Optional<Memory> own(Line line) {
    MemoryId id = line.memory();
    return id == null || line.own() == 0
        ? Optional.empty()
        : store
            .find(id)
            .filter(memory -> memory.version() == line.own())
            .filter(memory -> !Reliance.isOn(store, memory));
  }

  private Change retire(Memory memory) {
    return new Change.Retire(
        memory.id(),
        memory.version(),
        new HistoryEntry(
            memory.id(),
            Event.DELETE,
            memory.text(),
            null,
            now,
            "sync",
            "no longer in the agent's notes",
            null));
  }

  /// Does these changes, if nobody else has kept another ledger, and keeps one of what is so then.
  private boolean isApplied(
      List<Change> changes, Map<String, Line> settled, Map<String, Line> gone) {
    Mark ledger = new Mark(name, ledger(settled, gone).print(), now);
    List<Change> all = new ArrayList<>(changes);
    all.add(ledger.inPlaceOf(kept));
    Outcome outcome = parts.writer().apply(all);
    overtaken = outcome instanceof Outcome.Marked || outcome instanceof Outcome.Superseded;
    boolean applied = outcome instanceof Outcome.Applied;
    if (applied) {
      kept = Optional.of(ledger);
    }
    return applied;
  }

  /// In the order of the file as far as that is known.
  private Ledger ledger(Map<String, Line> settled, Map<String, Line> gone) {
    List<Line> all = new ArrayList<>();
    for (String entry : lines.keySet()) {
      Line line = settled.get(entry);
      if (line != null) {
        all.add(line);
      }
    }
    all.addAll(gone.values());
    return new Ledger(all, List.copyOf(deleted));
  }
}
