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
import org.jspecify.annotations.Nullable;

/// The diaries of one agent and day, as one [Digest] finds them. Entries are known by hashes under
/// the store's key, which tell nothing of a text that its user has deleted since.
final class DiaryDay {

  /// How many entries are taken in one change set, and embedded at once.
  private static final int ENTRIES_PER_CHANGE = 50;

  /// How often a day is read anew because others digest it at the same time.
  private static final int ROUNDS_MAX = 5;

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

  /// What this run made of entries.
  private final Map<String, Line> made = new HashMap<>();

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
      Optional<Integer> unchanged = take();
      if (unchanged.isPresent()) {
        left.forEach(run::count);
        run.count(Fate.UNCHANGED, unchanged.get());
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

  /// Takes what is new, and returns how many were known; empty where somebody else has kept another
  /// ledger meanwhile.
  private Optional<Integer> take() {
    Optional<Mark> kept = store.mark(ledger());
    Ledger before = kept.map(mark -> Ledger.parse(mark.value())).orElse(Ledger.EMPTY);
    Map<String, Line> known = new HashMap<>(before.byEntry());
    known.putAll(made);
    List<Line> lines = new ArrayList<>();
    entries.forEach(
        (id, entry) -> lines.add(known.getOrDefault(id, Line.open(imprint(id, entry)))));
    List<Line> fresh = lines.stream().filter(line -> !known.containsKey(line.entry())).toList();
    Map<String, Line> found = new HashMap<>();
    if (!fresh.isEmpty()) {
      run.say("%s, %s: %d entries not seen before".formatted(agent, day, fresh.size()));
      found.putAll(take(fresh, new Past(before, lines)));
    }
    boolean isKept =
        (fresh.isEmpty() && made.isEmpty())
            || putLedger(kept, lines.stream().map(l -> found.getOrDefault(l.entry(), l)).toList());
    long old = lines.stream().filter(line -> !made.containsKey(line.entry())).count();
    return isKept ? Optional.of((int) old) : Optional.empty();
  }

  /// A file that was changed at another time than now, earlier or, by another clock, later, is one
  /// that nobody is writing.
  private boolean mayGrow(Entry entry) {
    return entry.last() != null
        && Duration.between(entry.last(), now).abs().compareTo(Digest.QUIET) < 0;
  }

  private Imprint imprint(String fingerprint, Entry entry) {
    String body = entry.body();
    return new Imprint(
        fingerprint,
        hash("heading", entry.heading()),
        body.isEmpty() ? fingerprint : hash("body", TextHash.of(body).hex()),
        TextHash.normalised(entry.source()).length());
  }

  private String fingerprint(String source) {
    return hash("entry", TextHash.of(source).hex());
  }

  private String hash(String kind, String what) {
    return store.key().hash(kind, agent.value(), day.toString(), what);
  }

  private Map<String, Line> take(List<Line> fresh, Past past) {
    Map<String, Line> taken = new HashMap<>();
    for (int from = 0; from < fresh.size(); from += ENTRIES_PER_CHANGE) {
      run.pause();
      int to = Math.min(fresh.size(), from + ENTRIES_PER_CHANGE);
      new Batch(fresh.subList(from, to), past).take().forEach(l -> taken.put(l.entry(), l));
    }
    return taken;
  }

  private Mark.Name ledger() {
    String key = Json.print(Json.array().add(agent.value()).add(day.toString()));
    return new Mark.Name(Ledger.DIARY, user(), key);
  }

  /// False where it is another one by now than what was read.
  private boolean putLedger(Optional<Mark> before, List<Line> lines) {
    Mark mark = new Mark(ledger(), new Ledger(lines).print(), now);
    return run.isDry()
        || parts.writer().apply(List.of(mark.inPlaceOf(before))) instanceof Outcome.Applied;
  }

  private String user() {
    return scope.user().value();
  }

  /// What became of one entry.
  ///
  /// @param memory what holds it; null where nothing does
  /// @param own see [Line]
  private record Taken(@Nullable MemoryId memory, Fate fate, long own) {

    /// What is held by nothing of its own.
    Taken(@Nullable MemoryId memory, Fate fate) {
      this(memory, fate, 0);
    }
  }

  /// What the last digest left, as far as it matters to what is new.
  private final class Past {

    /// The entries that stand in the place of others.
    private final Map<String, Edit> edits;

    /// What holds several entries.
    private final Set<MemoryId> shared;

    /// What its user deleted, and is gone from the file too.
    private final List<Imprint> deleted;

    Past(Ledger before, List<Line> lines) {
      this.edits = before.edits(lines);
      this.shared = before.shared();
      this.deleted =
          before.gone(entries.keySet()).stream()
              .filter(line -> Erasures.byUser(store, line))
              .map(Line::of)
              .toList();
    }

    /// Whether words of what its user deleted would come back with an entry.
    boolean isWithdrawn(Line line, Entry entry) {
      Edit edit = edits.get(line.entry());
      return deleted.stream()
              .anyMatch(d -> d.isSaidBy(line.of(), entry.source(), DiaryDay.this::fingerprint))
          || (edit != null && !edit.open() && deleted.contains(edit.before().of()));
    }
  }

  /// Some new entries, taken in one change set.
  private final class Batch {

    private final List<Line> lines;
    private final Past past;
    private final Map<String, Features> features = new HashMap<>();

    Batch(List<Line> lines, Past past) {
      this.lines = lines;
      this.past = past;
    }

    /// The lines, with what was made of each.
    List<Line> take() {
      // Each refusal makes more known, so this ends.
      while (true) {
        Attempt attempt = new Attempt();
        List<Taken> taken = lines.stream().map(attempt::decide).toList();
        if (run.isDry()
            || attempt.changes.isEmpty()
            || parts.writer().apply(attempt.changes) instanceof Outcome.Applied) {
          taken.stream()
              .map(Taken::fate)
              .filter(fate -> fate != Fate.UNCHANGED)
              .forEach(run::count);
          List<Line> done = new ArrayList<>();
          for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            Taken one = taken.get(i);
            Line after = new Line(line.of(), one.memory(), one.own());
            done.add(after);
            if (one.fate() != Fate.UNCHANGED) {
              made.put(line.entry(), after);
            }
            if (one.fate() == Fate.KNOWN && one.memory() != null) {
              past.shared.add(one.memory());
            }
          }
          return done;
        }
      }
    }

    /// What is decided on one state of the store.
    private final class Attempt {

      private final List<Change> changes = new ArrayList<>();
      private final Map<TextHash, MemoryId> written = new HashMap<>();
      private final Set<MemoryId> revised = new HashSet<>();
      private final Set<MemoryId> held = new HashSet<>();

      Taken decide(Line line) {
        Mark.Name claim = new Mark.Name(ENTRY, user(), line.entry());
        Optional<Mark> claimed = store.mark(claim);
        if (claimed.isPresent()) {
          return unchanged(parse(claimed.get().value()));
        }
        Entry entry = Objects.requireNonNull(entries.get(line.entry()));
        Taken taken = decide(line, entry);
        MemoryId memory = taken.memory();
        String value = memory == null ? "" : memory.toString();
        changes.add(new Change.ClaimMark(new Mark(claim, value, now)));
        return taken;
      }

      /// An entry that was taken by a run which did not come to keep its ledger.
      private Taken unchanged(@Nullable MemoryId memory) {
        boolean own =
            memory != null
                && store
                    .find(memory)
                    .filter(m -> m.version() == 1 && m.origin().source() == Source.DIGEST)
                    .isPresent();
        return new Taken(memory, Fate.UNCHANGED, own ? 1 : 0);
      }

      private static @Nullable MemoryId parse(String value) {
        return value.isEmpty() ? null : MemoryId.parse(value);
      }

      private Taken decide(Line line, Entry entry) {
        String text = Fitting.of(entry.text());
        TextHash hash = TextHash.of(text);
        if (store.forgotten(scope.user(), hash) || past.isWithdrawn(line, entry)) {
          return new Taken(null, Fate.FORGOTTEN);
        }
        MemoryId twin = written.get(hash);
        Optional<MemoryId> same =
            twin == null
                ? store.findSame(scope, hash, now).filter(id -> !revised.contains(id))
                : Optional.of(twin);
        if (same.isPresent()) {
          held.add(same.get());
          return new Taken(same.get(), Fate.KNOWN);
        }
        return edited(past.edits.get(line.entry()), text)
            .map(memory -> revise(memory, text, hash))
            .orElseGet(() -> add(entry, text, hash));
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

      private Taken revise(Memory before, String text, TextHash hash) {
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
        return new Taken(before.id(), Fate.UPDATED, after.version());
      }

      private Taken add(Entry entry, String text, TextHash hash) {
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
        return new Taken(id, Fate.ADDED, 1);
      }
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
