package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.store.search.Cluster.Search;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Everything in a collection, page by page.
final class SearchContents implements Contents {

  private final Log log;
  private final SearchStore.Reader reader;

  SearchContents(Log log, SearchStore.Reader reader) {
    this.log = log;
    this.reader = reader;
  }

  @Override
  public StoreKey key() {
    return log.head().key();
  }

  @Override
  public List<Dossier> dossiers(@Nullable UserId user, @Nullable MemoryId after, int limit) {
    return reader.read(snapshot -> {
      // Every memory has history, also one that was erased.
      List<ObjectNode> parts = new ArrayList<>(List.of(Records.kind(Records.HISTORY)));
      addUser(user, parts);
      if (after != null) {
        parts.add(Dsl.range("name", "gt", after.toString()));
      }
      ObjectNode body = Dsl.search(snapshot.counting(Dsl.all(parts)), limit);
      Dsl.sort(body, "name", "asc").set("collapse", Dsl.one("field", "name"));
      List<String> ids =
          Snapshot.sources(snapshot.ask(snapshot.records(body))).stream()
              .map(doc -> doc.path("name").asText())
              .toList();
      return ids.isEmpty() ? List.of() : dossiers(snapshot, ids);
    });
  }

  @Override
  public long count(@Nullable UserId user, @Nullable AgentId agent) {
    return reader.read(snapshot -> {
      List<ObjectNode> parts = new ArrayList<>(List.of(Records.kind(Records.HISTORY)));
      addUser(user, parts);
      if (agent != null) {
        parts.add(Dsl.term("agent", agent.value()));
      }
      return snapshot.distinct("name", Dsl.all(parts));
    });
  }

  private static void addUser(@Nullable UserId user, List<ObjectNode> parts) {
    if (user != null) {
      parts.add(Dsl.term("user", user.value()));
    }
  }

  private static List<Dossier> dossiers(Snapshot snapshot, List<String> ids) {
    ObjectNode ofThese = snapshot.counting(Dsl.terms("id", ids));
    ObjectNode history =
        snapshot.counting(Dsl.all(Records.kind(Records.HISTORY), Dsl.terms("name", ids)));
    List<List<ObjectNode>> found =
        snapshot.all(
            List.of(
                snapshot.memories(null, Dsl.search(ofThese, 0)),
                snapshot.records(Dsl.search(history, 0))));
    Map<String, List<ObjectNode>> states = grouped(found.getFirst(), "id", "version");
    Map<String, List<ObjectNode>> entries = grouped(found.getLast(), "name", "seq");
    return ids.stream()
        .map(id ->
            dossier(id, states.getOrDefault(id, List.of()), entries.getOrDefault(id, List.of())))
        .toList();
  }

  private static Map<String, List<ObjectNode>> grouped(
      List<ObjectNode> docs, String key, String order) {
    return docs.stream()
        .sorted(Comparator.comparingLong(doc -> doc.path(order).asLong()))
        .collect(Collectors.groupingBy(doc -> doc.path(key).asText()));
  }

  private static Dossier dossier(String id, List<ObjectNode> states, List<ObjectNode> entries) {
    Scope scope = States.scope(entries.getFirst());
    List<HistoryEntry> history = entries.stream().map(Records::history).toList();
    return new Dossier(
        MemoryId.parse(id), scope, states.stream().map(States::dossierState).toList(), history);
  }

  @Override
  public List<Mark> marks(@Nullable UserId user, Mark.@Nullable Name after, int limit) {
    return reader.read(snapshot -> {
      List<ObjectNode> parts = new ArrayList<>(List.of(Records.kind(Records.MARK)));
      addUser(user, parts);
      if (after != null) {
        parts.add(after(after));
      }
      ObjectNode body = Dsl.search(snapshot.counting(Dsl.all(parts)), limit);
      Dsl.sort(body, "type", "asc");
      body.withArray("/sort")
          .add(Dsl.one("user", Dsl.object().put("order", "asc").put("missing", "_first")));
      Dsl.sort(body, "key", "asc");
      return Snapshot.sources(snapshot.ask(snapshot.records(body))).stream()
          .map(Records::mark)
          .toList();
    });
  }

  /// What follows a mark in the order of kinds, users (none first) and keys.
  private static ObjectNode after(Mark.Name name) {
    ObjectNode sameKind = Dsl.term("type", name.kind());
    ObjectNode laterUser =
        name.user() == null ? Dsl.exists("user") : Dsl.range("user", "gt", name.user());
    return Dsl.any(
        Dsl.range("type", "gt", name.kind()),
        Dsl.all(sameKind, laterUser),
        Dsl.all(
            sameKind, Selections.exactly("user", name.user()), Dsl.range("key", "gt", name.key())));
  }

  @Override
  public List<Task> tasks(@Nullable UserId user, @Nullable String after, int limit) {
    return reader.read(snapshot -> {
      ObjectNode query = Records.kind(Records.TASK);
      if (after != null) {
        query = Dsl.all(query, Dsl.range("key", "gt", after));
      }
      ObjectNode body = Dsl.search(snapshot.counting(query), Snapshot.PAGE);
      Search search = snapshot.records(Dsl.sort(body, "key", "asc"));
      List<Task> tasks = new ArrayList<>();
      JsonNode page = snapshot.ask(search);
      while (true) {
        List<Task> found = Snapshot.sources(page).stream().map(Records::task).toList();
        tasks.addAll(user == null ? found : of(user, found, snapshot));
        if (found.size() < Snapshot.PAGE || tasks.size() >= limit) {
          return tasks.subList(0, Math.min(limit, tasks.size()));
        }
        page = snapshot.ask(Snapshot.after(search, page));
      }
    });
  }

  /// The tasks of this user's memories.
  private static List<Task> of(UserId user, List<Task> tasks, Snapshot snapshot) {
    List<String> ids =
        tasks.stream()
            .filter(task -> task.memory() != null)
            .map(task -> String.valueOf(task.memory()))
            .toList();
    ObjectNode query =
        Dsl.all(
            Records.kind(Records.HISTORY), Dsl.term("user", user.value()), Dsl.terms("name", ids));
    Set<String> own = new HashSet<>();
    snapshot
        .all(snapshot.records(Dsl.search(snapshot.counting(query), 0)))
        .forEach(doc -> own.add(doc.path("name").asText()));
    return tasks.stream().filter(task -> own.contains(String.valueOf(task.memory()))).toList();
  }

  @Override
  public List<Seal> seals(@Nullable UserId user, @Nullable Seal after, int limit) {
    return reader.read(snapshot -> {
      List<ObjectNode> parts = new ArrayList<>(List.of(Records.kind(Records.SEAL)));
      addUser(user, parts);
      if (after != null) {
        parts.add(
            Dsl.any(
                Dsl.range("user", "gt", after.user().value()),
                Dsl.all(
                    Dsl.term("user", after.user().value()),
                    Dsl.range("name", "gt", after.hash()))));
      }
      ObjectNode body = Dsl.search(snapshot.counting(Dsl.all(parts)), limit);
      Dsl.sort(Dsl.sort(body, "user", "asc"), "name", "asc");
      return Snapshot.sources(snapshot.ask(snapshot.records(body))).stream()
          .map(Records::seal)
          .toList();
    });
  }

  @Override
  public void adopt(StoreKey key) {
    var _ = log.commit(snapshot -> adopted(snapshot, key));
  }

  private static Decision<Boolean> adopted(Snapshot snapshot, StoreKey key) {
    if (key.equals(snapshot.head().key())) {
      return new Decision.Leave<>(true);
    }
    ObjectNode hashed = Dsl.any(Records.kind(Records.SEAL), Records.kind(Records.MARK));
    if (snapshot.count(snapshot.records(Dsl.search(snapshot.counting(hashed), 0))) > 0) {
      throw new Conflict(
          "The store has marks of deleted texts under a key of its own",
          "Move everything into a store that nothing was deleted from yet, best a new one.");
    }
    return new Decision.Write<>(true, key);
  }

  @Override
  public void restore(
      List<Dossier> dossiers, List<Mark> marks, List<Task> tasks, List<Seal> seals) {
    var _ = log.commit(snapshot -> ChangeSet.restore(snapshot, dossiers, marks, tasks, seals));
  }
}
