package dev.agenticmemory.store.s3vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.time.Instant;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the vectors of an index in step with the memories in the store beside it.
///
/// Before vectors are written or memories erased, a mark in the store says which vectors may be too
/// many or may say something old afterwards. Whoever finds such a mark settles it: what belongs to
/// a state that is there is kept and brought up to date, all else is removed.
final class Vectors {

  private static final String KIND = "s3vectors.unsettled";

  /// Memories of one mark.
  private static final int MEMORIES_PER_MARK = 500;

  private static final int MARKS_MAX = 1_000;

  /// So much of a text's hash tells the states of one memory apart.
  private static final int HASH_CHARS = 16;

  private final VectorIndex index;
  private final SqliteStore beside;

  Vectors(VectorIndex index, SqliteStore beside) {
    this.index = index;
    this.beside = beside;
  }

  /// What a write does to vectors.
  ///
  /// @param added to be written before
  /// @param touched keys of vectors that are there already and may be too many, or out of date
  record Plan(List<VectorIndex.Entry> added, Set<String> touched) {
    boolean isEmpty() {
      return added.isEmpty() && touched.isEmpty();
    }
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

  Plan plan(List<Change> changes) {
    List<VectorIndex.Entry> added = new ArrayList<>();
    Set<String> touched = new LinkedHashSet<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Add(Memory memory, Features features, var _) ->
            added.addAll(
                entries(new Dossier.State(memory, features, memory.times().created(), null)));
        case Change.Revise(Memory memory, Features features, var _) -> {
          added.addAll(
              entries(new Dossier.State(memory, features, memory.times().updated(), null)));
          touched.addAll(keys(memory.id()));
        }
        case Change.Annotate annotate -> touched.addAll(keys(annotate.memory().id()));
        case Change.Retire retire -> touched.addAll(keys(retire.id()));
        case Change.Erase erase -> touched.addAll(keys(erase.id()));
        case Change.PutMark _,
            Change.ClaimMark _,
            Change.RemoveMark _,
            Change.PutTask _,
            Change.EndTask _ -> {}
      }
    }
    return new Plan(added, touched);
  }

  Plan plan(MemoryId id) {
    return new Plan(List.of(), keys(id));
  }

  Plan plan(Extent extent) {
    Set<String> touched = new LinkedHashSet<>();
    MemoryId after = null;
    while (true) {
      List<Dossier> page = beside.contents().dossiers(extent.user(), after, MEMORIES_PER_MARK);
      if (page.isEmpty()) {
        return new Plan(List.of(), touched);
      }
      page.stream()
          .filter(dossier -> extent.covers(dossier.scope()))
          .forEach(dossier -> dossier.states().forEach(state -> touched.addAll(keys(state))));
      after = page.getLast().id();
    }
  }

  /// What replaces these memories, whatever there is of them.
  Plan plan(Collection<Dossier> dossiers) {
    List<VectorIndex.Entry> added = new ArrayList<>();
    Set<String> touched = new LinkedHashSet<>();
    for (Dossier dossier : dossiers) {
      dossier.states().forEach(state -> added.addAll(entries(state)));
      touched.addAll(keys(dossier.id()));
    }
    return new Plan(added, touched);
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

  private Set<String> keys(MemoryId id) {
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
  <T> T around(Plan plan, Supplier<T> change) {
    List<Mark> marks = marks(plan);
    if (!marks.isEmpty()) {
      beside.apply(marks.stream().<Change>map(Change.PutMark::new).toList());
    }
    index.put(plan.added());
    T done = change.get();
    marks.forEach(this::settle);
    return done;
  }

  private static List<Mark> marks(Plan plan) {
    Set<String> added = new LinkedHashSet<>();
    plan.added().forEach(entry -> added.add(entry.key()));
    Set<String> touched = new LinkedHashSet<>(plan.touched());
    touched.removeAll(added);
    Set<MemoryId> memories = new LinkedHashSet<>();
    added.forEach(key -> memories.add(memory(key)));
    touched.forEach(key -> memories.add(memory(key)));
    List<Mark> marks = new ArrayList<>();
    List<MemoryId> all = List.copyOf(memories);
    for (int from = 0; from < all.size(); from += MEMORIES_PER_MARK) {
      Set<MemoryId> part =
          Set.copyOf(all.subList(from, Math.min(all.size(), from + MEMORIES_PER_MARK)));
      marks.add(mark(part, added, touched));
    }
    return marks;
  }

  private static Mark mark(Set<MemoryId> memories, Set<String> added, Set<String> touched) {
    ObjectNode value = Json.object();
    added.stream()
        .filter(key -> memories.contains(memory(key)))
        .forEach(value.withArray("/added")::add);
    touched.stream()
        .filter(key -> memories.contains(memory(key)))
        .forEach(value.withArray("/touched")::add);
    Mark.Name name = new Mark.Name(KIND, null, UUID.randomUUID().toString());
    return new Mark(name, Json.print(value), Instant.EPOCH);
  }

  /// Settles what processes that ended have left.
  void settleAll() {
    beside.marks(KIND, null, MARKS_MAX).forEach(this::settle);
  }

  private void settle(Mark mark) {
    JsonNode value = Json.parseOwn(mark.value());
    Set<String> tooMany = new LinkedHashSet<>();
    Map<String, Dossier.State> old = new LinkedHashMap<>();
    Map<MemoryId, Map<String, Dossier.State>> wanted = new LinkedHashMap<>();
    value.path("added").forEach(key -> sort(key.asText(), wanted, tooMany, null));
    value.path("touched").forEach(key -> sort(key.asText(), wanted, tooMany, old));
    refresh(old);
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

  /// A dossier of the store beside with its vectors.
  Dossier whole(Dossier dossier) {
    Set<String> keys = new LinkedHashSet<>();
    dossier.states().forEach(state -> keys.addAll(keys(state)));
    Map<String, Embedding> found = index.get(keys);
    return new Dossier(
        dossier.id(),
        dossier.scope(),
        dossier.states().stream().map(state -> whole(state, found)).toList(),
        dossier.history());
  }

  private static Dossier.State whole(Dossier.State state, Map<String, Embedding> found) {
    List<Embedding> passages =
        keys(state).stream().map(key -> Objects.requireNonNull(found.get(key), key)).toList();
    Features thin = state.features();
    Features features = new Features(passages, thin.terms(), thin.tokens(), thin.question());
    return new Dossier.State(state.memory(), features, state.from(), state.until());
  }
}
