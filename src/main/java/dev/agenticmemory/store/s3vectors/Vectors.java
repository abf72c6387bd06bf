package dev.agenticmemory.store.s3vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the vectors of an index in step with the memories in the store beside it.
///
/// Before vectors are written, and in one transaction with every change of what is there, a mark in
/// the store says which vectors may be too many or may say something old afterwards. Whoever finds
/// such a mark that is not of a write under way settles it: what belongs to a state that is there
/// is kept and brought up to date, all else is removed.
final class Vectors {

  private static final String KIND = "s3vectors.unsettled";

  /// What a mark tells of: vectors that were written for a change that may not have been made, and
  /// such that were there before it.
  private static final String ADDED = "added";

  private static final String TOUCHED = "touched";

  /// A write that has not ended after so long belongs to a process that has. Longer than a call
  /// with all of its attempts.
  static final Duration UNDER_WAY_MAX = Duration.ofMinutes(15);

  /// Memories of one mark.
  private static final int MEMORIES_PER_MARK = 500;

  private static final int MARKS_MAX = 1_000;

  /// So much of a text's hash tells the states of one memory apart.
  private static final int HASH_CHARS = 16;

  private final VectorIndex index;
  private final SqliteStore beside;
  private final InstantSource clock;

  /// When to look again for what others have left.
  private final AtomicReference<Instant> settling;

  Vectors(VectorIndex index, SqliteStore beside, InstantSource clock) {
    this.index = index;
    this.beside = beside;
    this.clock = clock;
    settling = new AtomicReference<>(clock.instant().plus(UNDER_WAY_MAX));
  }

  /// The key of a passage of a text of a memory. The same text has the same vectors.
  static String key(Memory memory, int passage) {
    String hash = memory.content().hash().hex().substring(0, HASH_CHARS);
    return "%s/%s/%d".formatted(memory.id(), hash, passage);
  }

  static MemoryId memory(String key) {
    return new MemoryId(UUID.fromString(key.substring(0, key.indexOf('/'))));
  }

  static List<String> keys(Dossier.State state) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < state.features().passages().size(); i++) {
      keys.add(key(state.memory(), i));
    }
    return keys;
  }

  /// The vectors that `changes` need.
  static List<VectorIndex.Entry> added(List<Change> changes) {
    List<VectorIndex.Entry> added = new ArrayList<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Add(Memory memory, Features features, var _) ->
            added.addAll(
                entries(new Dossier.State(memory, features, memory.times().created(), null)));
        case Change.Revise(Memory memory, Features features, var _) ->
            added.addAll(
                entries(new Dossier.State(memory, features, memory.times().updated(), null)));
        case Change.Annotate _, Change.Retire _, Change.Erase _, Change.Bookkeeping _ -> {}
      }
    }
    return added;
  }

  /// The vectors that these memories need.
  static List<VectorIndex.Entry> addedBy(Collection<Dossier> dossiers) {
    return dossiers.stream()
        .flatMap(dossier -> dossier.states().stream())
        .flatMap(state -> entries(state).stream())
        .toList();
  }

  /// The keys of vectors that are there and that `changes` make too many, or out of date.
  Set<String> touched(List<Change> changes) {
    Set<String> touched = new LinkedHashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Revise revise -> touched.addAll(keys(revise.memory().id()));
        case Change.Annotate annotate -> touched.addAll(keys(annotate.memory().id()));
        case Change.Retire retire -> touched.addAll(keys(retire.id()));
        case Change.Erase erase -> touched.addAll(keys(erase.id()));
        case Change.Add _, Change.Bookkeeping _ -> {}
      }
    }
    return touched;
  }

  /// The keys of all vectors of an extent.
  Set<String> touched(Extent extent) {
    Set<String> touched = new LinkedHashSet<>();
    MemoryId after = null;
    while (true) {
      List<Dossier> page = beside.contents().dossiers(extent.user(), after, MEMORIES_PER_MARK);
      if (page.isEmpty()) {
        return touched;
      }
      page.stream()
          .filter(dossier -> extent.covers(dossier.scope()))
          .forEach(dossier -> dossier.states().forEach(state -> touched.addAll(keys(state))));
      after = page.getLast().id();
    }
  }

  /// The keys of all vectors that there are of these memories, which others replace.
  Set<String> touched(Collection<Dossier> dossiers) {
    Set<String> touched = new LinkedHashSet<>();
    dossiers.forEach(dossier -> touched.addAll(keys(dossier.id())));
    return touched;
  }

  private static List<VectorIndex.Entry> entries(Dossier.State state) {
    List<Embedding> passages = state.features().passages();
    List<VectorIndex.Entry> entries = new ArrayList<>();
    for (int i = 0; i < passages.size(); i++) {
      entries.add(
          new VectorIndex.Entry(
              key(state.memory(), i), passages.get(i), VectorMetadata.of(state, passages.size())));
    }
    return entries;
  }

  /// The keys of all vectors of a memory.
  Set<String> keys(MemoryId id) {
    Set<String> keys = new LinkedHashSet<>();
    dossier(id).ifPresent(dossier -> dossier.states().forEach(one -> keys.addAll(keys(one))));
    return keys;
  }

  Optional<Dossier> dossier(MemoryId id) {
    return beside.contents().dossiers(null, before(id), 1).stream()
        .filter(dossier -> dossier.id().equals(id))
        .findFirst();
  }

  /// The id just before this one.
  private static MemoryId before(MemoryId id) {
    UUID value = id.value();
    long low = value.getLeastSignificantBits() - 1;
    long high = value.getMostSignificantBits() - (low == -1 ? 1 : 0);
    return new MemoryId(new UUID(high, low));
  }

  /// Writes what is new, then makes the change in the store beside, then settles the rest.
  ///
  /// @param touched the keys of vectors that are too many or out of date after the change; asked
  ///   for in its transaction, so that no other write comes between
  <T> T around(List<VectorIndex.Entry> added, Supplier<Set<String>> touched, Supplier<T> change) {
    Set<String> keys = new LinkedHashSet<>();
    added.forEach(entry -> keys.add(entry.key()));
    List<Mark> before = marks(ADDED, keys);
    List<Mark> within = new ArrayList<>();
    put(before);
    index.put(added);
    T done;
    try {
      done =
          beside.together(() -> {
            before.forEach(this::requireUnsettled);
            Set<String> others = new LinkedHashSet<>(touched.get());
            others.removeAll(keys);
            within.addAll(marks(TOUCHED, others));
            put(within);
            return change.get();
          });
    } catch (Unavailable e) {
      put(before); // Some vectors may have been written after the mark was settled.
      throw e;
    }
    before.forEach(this::settle);
    within.forEach(this::settle);
    settleLeftFromTimeToTime();
    return done;
  }

  private void put(List<Mark> marks) {
    if (!marks.isEmpty()) {
      beside.apply(marks.stream().<Change>map(Change.PutMark::new).toList());
    }
  }

  /// Whoever settles a mark removes it first, so vectors whose mark is there are there.
  private void requireUnsettled(Mark mark) {
    if (beside.mark(mark.name()).isEmpty()) {
      throw new Unavailable(
          "Writing vectors to the index %s took longer than %d minutes; nothing was stored"
              .formatted(index, UNDER_WAY_MAX.toMinutes()),
          "Try again; if it stays so, look at the line to the service.",
          null);
    }
  }

  /// Marks of these keys, each of one of which vectors were added, or were there.
  private List<Mark> marks(String what, Set<String> keys) {
    Map<MemoryId, List<String>> memories = new LinkedHashMap<>();
    keys.forEach(key -> memories.computeIfAbsent(memory(key), _ -> new ArrayList<>()).add(key));
    List<List<String>> all = List.copyOf(memories.values());
    List<Mark> marks = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MEMORIES_PER_MARK) {
      int to = Math.min(all.size(), from + MEMORIES_PER_MARK);
      marks.add(mark(what, all.subList(from, to)));
    }
    return marks;
  }

  private Mark mark(String what, List<List<String>> keys) {
    ObjectNode value = Json.object();
    keys.forEach(some -> some.forEach(value.withArray("/" + what)::add));
    Mark.Name name = new Mark.Name(KIND, null, UUID.randomUUID().toString());
    return new Mark(name, Json.print(value), clock.instant());
  }

  /// Settles what processes that ended have left: vectors that were written for a change after
  /// [#UNDER_WAY_MAX], all others at once, since their marks are written with the change itself.
  void settleAll() {
    beside.marks(KIND, null, MARKS_MAX).stream()
        .filter(mark -> isLeft(mark) || !Json.parseOwn(mark.value()).has(ADDED))
        .forEach(this::settleLeft);
  }

  /// A process that runs for long settles what others leave meanwhile.
  private void settleLeftFromTimeToTime() {
    Instant now = clock.instant();
    Instant due = settling.get();
    if (now.isAfter(due) && settling.compareAndSet(due, now.plus(UNDER_WAY_MAX))) {
      beside.marks(KIND, null, MARKS_MAX).stream().filter(this::isLeft).forEach(this::settleLeft);
    }
  }

  private boolean isLeft(Mark mark) {
    return mark.written().plus(UNDER_WAY_MAX).isBefore(clock.instant());
  }

  /// Settles under a mark of its own, so that a write that is late finds its mark gone.
  private void settleLeft(Mark left) {
    Mark.Name name = new Mark.Name(KIND, null, UUID.randomUUID().toString());
    Mark taken = new Mark(name, left.value(), left.written());
    beside.apply(List.of(new Change.RemoveMark(left.name()), new Change.PutMark(taken)));
    settle(taken);
  }

  /// Whether a mark is one of these, which are nobody else's.
  static boolean isOwn(Mark mark) {
    return mark.name().kind().equals(KIND);
  }

  private void settle(Mark mark) {
    JsonNode value = Json.parseOwn(mark.value());
    Set<String> tooMany = new LinkedHashSet<>();
    Map<String, Dossier.State> old = new LinkedHashMap<>();
    Map<MemoryId, Map<String, Dossier.State>> wanted = new LinkedHashMap<>();
    value.path(ADDED).forEach(key -> sort(key.asText(), wanted, tooMany, null));
    value.path(TOUCHED).forEach(key -> sort(key.asText(), wanted, tooMany, old));
    refresh(old);
    // What was erased meanwhile must not come back.
    Map<MemoryId, Map<String, Dossier.State>> after = new LinkedHashMap<>();
    old.keySet().forEach(key -> sort(key, after, tooMany, null));
    index.delete(tooMany);
    beside.apply(List.of(new Change.RemoveMark(mark.name())));
  }

  /// @param old takes what is wanted and there already; null where it was written just now
  private void sort(
      String key,
      Map<MemoryId, Map<String, Dossier.State>> wanted,
      Set<String> tooMany,
      @Nullable Map<String, Dossier.State> old) {
    Dossier.State state = wanted.computeIfAbsent(memory(key), this::wanted).get(key);
    if (state == null) {
      tooMany.add(key);
    } else if (old != null) {
      old.put(key, state);
    }
  }

  /// The vectors that a memory is to have. Of two states of one text the later one counts.
  private Map<String, Dossier.State> wanted(MemoryId id) {
    Map<String, Dossier.State> wanted = new LinkedHashMap<>();
    dossier(id)
        .ifPresent(dossier ->
            dossier.states().forEach(state -> keys(state).forEach(key -> wanted.put(key, state))));
    return wanted;
  }

  /// Writes what the service knows of states anew.
  private void refresh(Map<String, Dossier.State> states) {
    Map<String, Embedding> vectors = index.get(states.keySet());
    List<VectorIndex.Entry> entries = new ArrayList<>();
    states.forEach((key, state) -> {
      Embedding vector = vectors.get(key);
      if (vector != null) {
        int passages = state.features().passages().size();
        entries.add(new VectorIndex.Entry(key, vector, VectorMetadata.of(state, passages)));
      }
    });
    index.put(entries);
  }

  /// Dossiers of the store beside with their vectors. A state that lacks one has its words alone.
  List<Dossier> whole(List<Dossier> dossiers) {
    Set<String> keys = new LinkedHashSet<>();
    dossiers.forEach(dossier -> dossier.states().forEach(state -> keys.addAll(keys(state))));
    Map<String, Embedding> found = index.get(keys);
    return dossiers.stream().map(dossier -> whole(dossier, found)).toList();
  }

  private static Dossier whole(Dossier dossier, Map<String, Embedding> found) {
    return new Dossier(
        dossier.id(),
        dossier.scope(),
        dossier.states().stream().map(state -> whole(state, found)).toList(),
        dossier.history());
  }

  private static Dossier.State whole(Dossier.State state, Map<String, Embedding> found) {
    List<String> keys = keys(state);
    List<Embedding> passages =
        found.keySet().containsAll(keys)
            ? keys.stream().map(key -> Objects.requireNonNull(found.get(key), key)).toList()
            : List.of();
    Features thin = state.features();
    Features features = new Features(passages, thin.terms(), thin.tokens(), thin.question());
    return new Dossier.State(state.memory(), features, state.from(), state.until());
  }
}
