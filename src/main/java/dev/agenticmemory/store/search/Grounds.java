package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.store.search.Cluster.Search;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the changes of one set rest on, as far as it is in the store, and as the changes that were
/// decided before leave it.
final class Grounds {

  /// Most values of one `terms` query; servers take 65,536.
  private static final int VALUES_MAX = 10_000;

  private final Map<MemoryId, ObjectNode> live = new LinkedHashMap<>();
  private final Map<String, Set<MemoryId>> byHash = new HashMap<>();
  private final Map<MemoryId, List<ObjectNode>> states = new HashMap<>();
  private final Map<String, List<ObjectNode>> records = new HashMap<>();
  private final Map<String, List<ObjectNode>> tasksOf = new HashMap<>();

  private Grounds() {}

  /// For changes that rest on nothing but what they were made of.
  static Grounds none() {
    return new Grounds();
  }

  static Grounds read(Snapshot snapshot, List<Change> changes, StoreKey key) {
    Grounds grounds = new Grounds();
    Needed needed = new Needed();
    changes.forEach(change -> needed.collect(change, key));
    grounds.readStates(snapshot, needed);
    return grounds;
  }

  /// What is there already of what is to be restored.
  static Grounds read(
      Snapshot snapshot,
      List<Dossier> dossiers,
      List<Mark> marks,
      List<Task> tasks,
      List<Seal> seals) {
    Needed needed = new Needed();
    for (Dossier dossier : dossiers) {
      needed.erased.add(dossier.id().toString());
      needed.name(Records.HISTORY, dossier.id().toString());
    }
    marks.forEach(mark -> needed.name(Records.MARK, Records.name(mark.name())));
    tasks.forEach(task -> needed.name(Records.TASK, Records.name(task.id())));
    seals.forEach(seal -> needed.name(Records.SEAL, seal.hash()));
    Grounds grounds = new Grounds();
    grounds.readStates(snapshot, needed);
    return grounds;
  }

  private void readStates(Snapshot snapshot, Needed needed) {
    List<Search> searches = new ArrayList<>();
    for (ObjectNode query : needed.states(snapshot)) {
      searches.add(snapshot.memories(null, Dsl.search(query, 0)));
    }
    int memories = searches.size();
    for (ObjectNode query : needed.records()) {
      searches.add(snapshot.records(Dsl.search(snapshot.counting(query), 0)));
    }
    List<List<ObjectNode>> answers = snapshot.all(searches);
    answers.subList(0, memories).forEach(found -> found.forEach(this::addFound));
    answers.subList(memories, answers.size()).forEach(found -> found.forEach(this::addRecord));
  }

  /// Two questions may find the same state.
  private void addFound(ObjectNode state) {
    List<ObjectNode> known = states.computeIfAbsent(States.id(state), _ -> new ArrayList<>());
    if (known.stream().noneMatch(one -> one.path("doc").equals(state.path("doc")))) {
      known.add(state);
      if (!state.has("closed")) {
        add(state);
      }
    }
  }

  private void addRecord(ObjectNode doc) {
    put(records, key(doc.path("kind").asText(), doc.path("name").asText()), doc);
    if (doc.has("memory")) {
      put(tasksOf, doc.path("memory").asText(), doc);
    }
  }

  private static void put(Map<String, List<ObjectNode>> map, String key, ObjectNode doc) {
    List<ObjectNode> docs = map.computeIfAbsent(key, _ -> new ArrayList<>());
    if (docs.stream().noneMatch(one -> one.path("doc").equals(doc.path("doc")))) {
      docs.add(doc);
    }
  }

  private static String key(String kind, String name) {
    return kind + " " + name;
  }

  /// The live state of a memory; null where it is not live with this version.
  @Nullable ObjectNode live(MemoryId id, long version) {
    ObjectNode state = live.get(id);
    return state == null || States.version(state) != version ? null : state;
  }

  /// All states of a memory that count.
  List<ObjectNode> states(MemoryId id) {
    return states.getOrDefault(id, List.of());
  }

  /// The live memory of exactly this scope with this text that has not expired at `now`.
  Optional<MemoryId> same(Scope scope, TextHash hash, Instant now) {
    for (MemoryId id : byHash.getOrDefault(hash.hex(), Set.of())) {
      ObjectNode state = live.get(id);
      if (state != null && States.scope(state).equals(scope) && !isExpired(state, now)) {
        return Optional.of(id);
      }
    }
    return Optional.empty();
  }

  private static boolean isExpired(ObjectNode state, Instant now) {
    Instant expires = States.nullableTime(state, "expires");
    return expires != null && !expires.isAfter(now);
  }

  /// A state that is live from now on.
  void add(ObjectNode state) {
    live.put(States.id(state), state);
    byHash
        .computeIfAbsent(state.path("hash").asText(), _ -> new LinkedHashSet<>())
        .add(States.id(state));
  }

  /// A state that is live no more.
  void remove(ObjectNode state) {
    live.remove(States.id(state), state);
    byHash
        .getOrDefault(state.path("hash").asText(), new LinkedHashSet<>())
        .remove(States.id(state));
  }

  List<ObjectNode> history(MemoryId id) {
    return records.getOrDefault(key(Records.HISTORY, id.toString()), List.of());
  }

  List<ObjectNode> tasksOf(MemoryId id) {
    return tasksOf.getOrDefault(id.toString(), List.of());
  }

  List<ObjectNode> seals(String seal) {
    return records.getOrDefault(key(Records.SEAL, seal), List.of());
  }

  @Nullable ObjectNode mark(Mark.Name name) {
    return first(key(Records.MARK, Records.name(name)));
  }

  @Nullable ObjectNode task(String id) {
    return first(key(Records.TASK, Records.name(id)));
  }

  private @Nullable ObjectNode first(String key) {
    List<ObjectNode> docs = records.getOrDefault(key, List.of());
    return docs.isEmpty() ? null : docs.getFirst();
  }

  /// Which documents the changes rest on.
  private static final class Needed {

    private final Set<String> hashes = new LinkedHashSet<>();
    private final Set<String> live = new LinkedHashSet<>();
    private final Set<String> erased = new LinkedHashSet<>();
    private final Map<String, Set<String>> names = new LinkedHashMap<>();

    void collect(Change change, StoreKey key) {
      switch (change) {
        case Change.Add add -> {
          hashes.add(add.memory().content().hash().hex());
          seal(add.memory(), key);
        }
        case Change.Revise revise -> {
          live.add(revise.memory().id().toString());
          seal(revise.memory(), key);
        }
        case Change.Annotate annotate -> live.add(annotate.memory().id().toString());
        case Change.Retire retire -> live.add(retire.id().toString());
        case Change.Erase erase -> {
          erased.add(erase.id().toString());
          name(Records.HISTORY, erase.id().toString());
        }
        case Change.PutMark put -> name(Records.MARK, Records.name(put.mark().name()));
        case Change.ClaimMark claim -> name(Records.MARK, Records.name(claim.mark().name()));
        case Change.ReplaceMark replace -> name(Records.MARK, Records.name(replace.mark().name()));
        case Change.RemoveMark remove -> name(Records.MARK, Records.name(remove.name()));
        case Change.PutTask put -> name(Records.TASK, Records.name(put.task().id()));
        case Change.EndTask end -> name(Records.TASK, Records.name(end.lease().task().id()));
      }
    }

    private void seal(Memory memory, StoreKey key) {
      String hash = memory.content().hash().hex();
      name(Records.SEAL, Records.seal(key, memory.scope().user(), hash));
    }

    private void name(String kind, String name) {
      names.computeIfAbsent(kind, _ -> new LinkedHashSet<>()).add(name);
    }

    List<ObjectNode> states(Snapshot snapshot) {
      List<ObjectNode> queries = new ArrayList<>();
      parts(hashes).forEach(part -> queries.add(snapshot.live(Dsl.terms("hash", part))));
      parts(live).forEach(part -> queries.add(snapshot.live(Dsl.terms("id", part))));
      parts(erased).forEach(part -> queries.add(snapshot.counting(Dsl.terms("id", part))));
      return queries;
    }

    List<ObjectNode> records() {
      List<ObjectNode> queries = new ArrayList<>();
      names.forEach((kind, all) ->
          parts(all)
              .forEach(part -> queries.add(Dsl.all(Records.kind(kind), Dsl.terms("name", part)))));
      parts(erased)
          .forEach(
              part -> queries.add(Dsl.all(Records.kind(Records.TASK), Dsl.terms("memory", part))));
      return queries;
    }

    private static List<List<String>> parts(Collection<String> values) {
      List<String> all = List.copyOf(values);
      List<List<String>> parts = new ArrayList<>();
      for (int from = 0; from < all.size(); from += VALUES_MAX) {
        parts.add(all.subList(from, Math.min(all.size(), from + VALUES_MAX)));
      }
      return parts;
    }
  }
}
