package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Ledger.Edit;
import dev.agenticmemory.engine.Ledger.Line;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.engine.Workspace.Entry;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The diaries of one agent and day, as one [Digest] finds them. Entries are known by hashes under
/// the store's key, which tell nothing of a text that its user has deleted since.
final class DiaryDay {

  /// How many entries are taken in one change set, and embedded at once.
  private static final int ENTRIES_PER_CHANGE = 50;

  /// How often a day is read anew because others digest it at the same time.
  private static final int ROUNDS_MAX = 10;

  private static final String ENTRY = "diary-entry";
  private static final String ACTOR = "digest";

  private final Parts parts;
  private final MemoryStore store;
  private final Workspace workspace;
  private final AgentId agent;
  private final LocalDate day;
  private final Scope scope;
  private final Run run;
  private final Instant now;

  /// What is in the files now, by fingerprint.
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /// How many of them were kept away.
  private int away;

  /// The fingerprints of those that this run took.
  private final Set<String> taken = new HashSet<>();

  private final Map<String, Features> features = new HashMap<>();

  DiaryDay(Parts parts, UserId user, Workspace workspace, LocalDate day, Run run) {
    this.parts = parts;
    this.store = parts.store();
    this.workspace = workspace;
    this.agent = workspace.agent();
    this.day = day;
    this.scope = new Scope(user, agent, new RunId(day.toString()));
    this.run = run;
    this.now = parts.clock().instant();
  }

  /// Takes the entries that were not taken before.
  void digest() {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      Map<Fate, Integer> left = readComplete();
      if (new Round().isDone()) {
        left.forEach(run::count);
        run.keptAway("%s, %s".formatted(agent, day), away);
        run.count(
            Fate.UNCHANGED, entries.keySet().stream().filter(e -> !taken.contains(e)).count());
        return;
      }
    }
    run.failed(
        "Others digest %s of %s all the time: left for the next run".formatted(day, agent), 1);
  }

  /// Keeps the entries that are complete and no noise, and tells what the others are. The same
  /// words under the same heading of a day are one entry, in however many files they stand.
  private Map<Fate, Integer> readComplete() {
    entries.clear();
    Map<Fate, Integer> left = new EnumMap<>(Fate.class);
    for (Entry entry : workspace.entries(day)) {
      if (entry.text().isEmpty()) {
        left.merge(Fate.NOISE, 1, Integer::sum);
      } else if (mayGrow(entry)) {
        left.merge(Fate.WAITING, 1, Integer::sum);
      } else {
        entries.putIfAbsent(fingerprint(entry.source()), entry);
      }
    }
    return left;
  }

  /// A file that was changed at another time than now, earlier or, by another clock, later, is one
  /// that nobody is writing.
  private boolean mayGrow(Entry entry) {
    return entry.last() != null
        && Duration.between(entry.last(), now).abs().compareTo(Digest.QUIET) < 0;
  }

  private Imprint imprint(String fingerprint, Entry entry) {
    String body = entry.body();
    boolean telling = Imprint.isTelling(body);
    return new Imprint(
        fingerprint,
        hash("heading", entry.heading()),
        telling ? hash("body", TextHash.of(body).hex()) : "",
        fingerprint,
        telling ? TextHash.normalised(entry.source()).length() : 0);
  }

  private String fingerprint(String source) {
    return hash("entry", TextHash.of(source).hex());
  }

  private String hash(String kind, String what) {
    return store.key().hash(kind, agent.value(), day.toString(), what);
  }

  private Mark.Name ledgerName() {
    String key = Json.print(Json.array().add(agent.value()).add(day.toString()));
    return new Mark.Name(Ledger.DIARY, user(), key);
  }

  private String user() {
    return scope.user().value();
  }

  /// What became of one entry.
  ///
  /// @param line what is known of it from now on
  private record Taken(Line line, Fate fate) {}

  /// What is done on one reading of the files and of the ledger. Each change set leaves a ledger
  /// that is true then, and is refused where somebody else has kept another.
  private final class Round {

    private final Ledger before;
    private final List<Line> lines = new ArrayList<>();
    private Map<String, Line> known;
    private Optional<Mark> kept;

    Round() {
      kept = store.mark(ledgerName());
      before = kept.map(mark -> Ledger.parse(mark.value())).orElse(Ledger.EMPTY);
      known = before.byEntry();
      entries.forEach((id, entry) -> lines.add(line(imprint(id, entry))));
    }

    private Line line(Imprint of) {
      Line line = known.computeIfPresent(of.entry(), (_, before) -> before.told(of));
      return line == null ? Line.open(of) : line;
    }

    /// Takes what is new. False where the files and the ledger are to be read again.
    boolean isDone() {
      List<Line> fresh = lines.stream().filter(line -> !known.containsKey(line.entry())).toList();
      if (fresh.isEmpty()) {
        return true;
      }
      run.say("%s, %s: %d entries not seen before".formatted(agent, day, fresh.size()));
      Past past = new Past(before, lines);
      for (int from = 0; from < fresh.size(); from += ENTRIES_PER_CHANGE) {
        run.pause();
        int to = Math.min(fresh.size(), from + ENTRIES_PER_CHANGE);
        if (!isTaken(new Batch(fresh.subList(from, to), past))) {
          return false;
        }
      }
      return true;
    }

    private boolean isTaken(Batch batch) {
      Map<String, Line> after = new HashMap<>(known);
      after.putAll(batch.lines());
      Mark ledger = new Mark(ledgerName(), ledger(after, batch.past.deleted).print(), now);
      List<Change> changes = new ArrayList<>(batch.changes);
      changes.add(ledger.inPlaceOf(kept));
      boolean applied = run.isDry() || parts.writer().apply(changes) instanceof Outcome.Applied;
      if (applied) {
        known = after;
        kept = Optional.of(ledger);
        batch.count();
      }
      return applied;
    }

    /// In the order of the files. What is gone from them stays until all that is new is taken.
    private Ledger ledger(Map<String, Line> settled, Set<String> deleted) {
      List<Line> all =
          new ArrayList<>(
              lines.stream().flatMap(l -> Stream.ofNullable(settled.get(l.entry()))).toList());
      if (all.size() < lines.size()) {
        all.addAll(before.gone(entries.keySet()));
      }
      return new Ledger(all, List.copyOf(deleted));
    }
  }

  /// What the last digest left, as far as it matters to what is new.
  private final class Past {

    /// The entries that stand in the place of others.
    private final Map<String, Edit> edits;

    /// What holds several entries.
    private final Set<MemoryId> shared;

    /// See [Ledger#deleted(Set, java.util.function.Predicate)].
    private final Set<String> deleted;

    Past(Ledger before, List<Line> lines) {
      this.edits = before.edits(lines);
      this.shared = before.shared();
      this.deleted = before.deleted(entries.keySet(), line -> Erasures.byUser(store, line));
    }

    /// What is known of an entry that would bring back what its user deleted: that again,
    /// elsewhere, or the rest of what was taken half. Empty where it would not.
    Optional<Line> withdrawn(Line line, Entry entry) {
      if (deleted.contains(line.of().body())) {
        return Optional.of(line);
      }
      return Optional.ofNullable(edits.get(line.entry()))
          .filter(edit -> edit.last() || entry.last() != null)
          .map(Edit::before)
          .filter(half -> half.of().isContinuedBy(entry.source(), DiaryDay.this::fingerprint))
          .filter(half -> Erasures.byUser(store, half))
          .map(half -> Line.open(line.of().goingOnFrom(half.of())));
    }
  }

  /// Some new entries, decided on one state of the store and taken in one change set.
  private final class Batch {

    private final Past past;
    private final List<Change> changes = new ArrayList<>();
    private final Map<Line, Taken> decided = new LinkedHashMap<>();
    private final Map<TextHash, MemoryId> written = new HashMap<>();
    private final Set<MemoryId> revised = new HashSet<>();
    private final Set<MemoryId> held = new HashSet<>();

    Batch(List<Line> lines, Past past) {
      this.past = past;
      lines.forEach(line -> decided.put(line, decide(line)));
    }

    /// What is known of its entries after it, by fingerprint.
    Map<String, Line> lines() {
      Map<String, Line> lines = new HashMap<>();
      decided.values().forEach(one -> lines.put(one.line().entry(), one.line()));
      return lines;
    }

    /// It is applied.
    void count() {
      decided.forEach((line, one) -> {
        if (one.fate() != Fate.UNCHANGED) {
          taken.add(line.entry());
          run.count(one.fate());
        }
        away += one.fate() == Fate.FORGOTTEN ? 1 : 0;
        if (one.fate() == Fate.KNOWN && one.line().memory() != null) {
          past.shared.add(one.line().memory());
        }
      });
    }

    private Taken decide(Line line) {
      Mark.Name claim = new Mark.Name(ENTRY, user(), line.entry());
      Optional<Mark> claimed = store.mark(claim);
      Entry entry = Objects.requireNonNull(entries.get(line.entry()));
      Optional<Taken> standing = claimed.flatMap(mark -> standing(mark, line, entry));
      if (standing.isPresent()) {
        return standing.get();
      }
      Taken taken = decide(line, entry);
      MemoryId memory = taken.line().memory();
      String value = memory == null ? "" : memory.toString();
      changes.add(new Mark(claim, value, now).inPlaceOf(claimed));
      return taken;
    }

    /// What was made of an entry by a run that did not come to keep its ledger, or before it was
    /// edited and is now as it was. Empty where its memory says something else since.
    private Optional<Taken> standing(Mark claimed, Line line, Entry entry) {
      MemoryId id = parse(claimed.value());
      if (id == null) {
        Line away = past.withdrawn(line, entry).orElseGet(() -> Line.open(line.of().asItStands()));
        return Optional.of(new Taken(away, Fate.UNCHANGED));
      }
      Optional<Memory> memory = store.find(id).filter(this::isDigestsAlone);
      if (memory.isEmpty()) {
        return Optional.of(new Taken(line.heldBy(id, 0), Fate.UNCHANGED));
      }
      // Of what was written on since, the beginning is seen while a file is written anew.
      boolean says =
          memory.get().text().startsWith(Fitting.of(entry.text()))
              && !revised.contains(memory.get().id());
      return says
          ? Optional.of(new Taken(line.heldBy(id, memory.get().version()), Fate.UNCHANGED))
          : Optional.empty();
    }

    private boolean isDigestsAlone(Memory memory) {
      return store.history(memory.id()).stream().allMatch(h -> h.actor().equals(ACTOR));
    }

    private static @Nullable MemoryId parse(String value) {
      return value.isEmpty() ? null : MemoryId.parse(value);
    }

    private Taken decide(Line line, Entry entry) {
      String text = Fitting.of(entry.text());
      TextHash hash = TextHash.of(text);
      if (store.forgotten(scope.user(), hash)) {
        return new Taken(line, Fate.FORGOTTEN);
      }
      Optional<Line> withdrawn = past.withdrawn(line, entry);
      if (withdrawn.isPresent()) {
        return new Taken(withdrawn.get(), Fate.FORGOTTEN);
      }
      MemoryId twin = written.get(hash);
      Optional<MemoryId> same =
          twin == null
              ? store.findSame(scope, hash, now).filter(id -> !revised.contains(id))
              : Optional.of(twin);
      if (same.isPresent()) {
        held.add(same.get());
        return new Taken(line.heldBy(same.get(), 0), Fate.KNOWN);
      }
      return edited(past.edits.get(line.entry()), text)
          .map(memory -> revise(line, memory, text, hash))
          .orElseGet(() -> add(line, entry, text, hash));
    }

    /// The memory that an entry is another text of.
    private Optional<Memory> edited(@Nullable Edit edit, String text) {
      return edit == null || edit.before().memory() == null
          ? Optional.empty()
          : store
              .find(edit.before().memory())
              .filter(memory -> memory.scope().equals(scope))
              .filter(memory -> !edit.open() || text.startsWith(memory.text()))
              .filter(memory -> isOwn(memory, edit.before()))
              .filter(memory -> revised.add(memory.id()));
    }

    /// Whether a memory is there because of this entry alone, and as it was left.
    private boolean isOwn(Memory memory, Line line) {
      return memory.version() == line.own()
          && !past.shared.contains(memory.id())
          && !held.contains(memory.id())
          && !Reliance.isOn(store, memory);
    }

    private Taken revise(Line line, Memory before, String text, TextHash hash) {
      Memory after = before.with(before.content().withText(text), now);
      written.put(hash, before.id());
      changes.add(
          new Change.Revise(
              after,
              features(text),
              new HistoryEntry(
                  before.id(),
                  Event.UPDATE,
                  before.text(),
                  text,
                  after.times().updated(),
                  ACTOR,
                  "its diary entry was edited",
                  null)));
      return new Taken(line.heldBy(before.id(), after.version()), Fate.UPDATED);
    }

    private Taken add(Line line, Entry entry, String text, TextHash hash) {
      MemoryId id = parts.ids().next();
      Metadata metadata =
          entry.session() == null
              ? Metadata.EMPTY
              : new Metadata(Map.of("session", entry.session()));
      Memory memory =
          new Memory(
              id,
              scope,
              new Content(text, null, false, metadata),
              new Origin(Source.DIGEST, author(text), null),
              new Times(now, now, entry.at(), null),
              1);
      written.put(hash, id);
      changes.add(
          new Change.Add(
              memory,
              features(text),
              new HistoryEntry(
                  id, Event.ADD, null, text, now, ACTOR, "from the diary of " + day, null)));
      return new Taken(line.heldBy(id, 1), Fate.ADDED);
    }

    private Author author(String text) {
      List<Turn> turns = Spoken.turns(text, agent);
      boolean all = turns.stream().allMatch(turn -> turn.author() == Author.ASSISTANT);
      return all ? Author.ASSISTANT : Author.USER;
    }

    /// A dry run shows nothing of it, so embeds nothing.
    private Features features(String text) {
      return features.computeIfAbsent(text, parts.indexer()::features);
    }
  }
}
