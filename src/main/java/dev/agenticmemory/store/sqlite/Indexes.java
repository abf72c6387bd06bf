package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Speaker;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The indexes of the users who were asked for, and one of what the team shares.
///
/// Before each search they follow what this and other processes wrote since: a look at SQLite's
/// data version, and, where that changed, at the table `change`.
final class Indexes implements AutoCloseable {

  /// Roughly what a vector and its share of the words cost in bytes, beside its components.
  private static final int OVERHEAD_BYTES = 400;

  /// The part of the heap that indexes may fill before the least used one is dropped.
  private static final double HEAP_SHARE = 0.4;

  private static final String COLUMNS =
      "rid, id, version, user_id, agent_id, run_id, terms, tokens, question, shared, metadata, author,"
          + " conversation, created, observed, expires";

  /// Whose memories an index holds.
  private sealed interface Owner {
    record User(UserId id) implements Owner {}

    record Team() implements Owner {}
  }

  /// An earlier moment, as it was after a change.
  private record Past(Owner owner, Instant at, long change) {}

  private final Database database;
  private final EmbeddingSpace space;
  private final long vectorsMax;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Connected follower;
  private final Map<Owner, Index> loaded = new LinkedHashMap<>(16, 0.75f, true);
  private final AtomicReference<Map.@Nullable Entry<Past, Index>> past = new AtomicReference<>();
  private long dataVersion = -1;
  private long lastChange;

  Indexes(Database database, EmbeddingSpace space) {
    this.database = database;
    this.space = space;
    this.vectorsMax =
        (long)
            (Runtime.getRuntime().maxMemory()
                * HEAP_SHARE
                / (space.dimensions() * Short.BYTES + OVERHEAD_BYTES));
    try {
      follower = database.open();
    } catch (SQLException e) {
      throw database.unavailable(e);
    }
  }

  /// @param also memories that are candidates too, where they are selected
  Candidates candidates(Selection selection, Query query, Set<MemoryId> also) {
    List<Candidates> found =
        ask(selection, (index, counts) -> index.candidates(selection, query, also, counts));
    return found.size() == 1 ? found.getFirst() : merged(found);
  }

  List<String> speakers(Selection selection, int limit) {
    return ask(selection, (index, counts) -> index.speakers(selection, counts)).stream()
        .flatMap(Set::stream)
        .distinct()
        .limit(limit)
        .toList();
  }

  /// What is asked of one index.
  ///
  /// @param <T> the answer
  private interface Question<T> {
    /// @param counts which documents the index answers for
    T of(Index index, Predicate<Document> counts);
  }

  /// The answers of all indexes that hold what is selected, at least one.
  private <T> List<T> ask(Selection selection, Question<T> question) {
    List<Owner> owners = new ArrayList<>();
    owners.add(new Owner.User(selection.user()));
    if (selection.sharing() == Sharing.TEAM) {
      owners.add(new Owner.Team());
    }
    List<T> answers = new ArrayList<>();
    for (Owner owner : owners) {
      Predicate<Document> counts = counts(owner, selection);
      answers.add(
          switch (selection.moment()) {
            case Selection.Moment.Live _ -> live(owner, index -> question.of(index, counts));
            case Selection.Moment.AsOf(Instant at) -> question.of(asOf(owner, at), counts);
          });
    }
    return answers;
  }

  private <T> T live(Owner owner, Function<Index, T> question) {
    while (true) {
      follow(owner);
      lock.readLock().lock();
      try {
        Index index = peek(owner);
        // Gone again where another thread's search dropped it in between.
        if (index != null) {
          return question.apply(index);
        }
      } finally {
        lock.readLock().unlock();
      }
    }
  }

  /// Brings every loaded index up to now, and loads the one of `owner`.
  private void follow(Owner owner) {
    lock.writeLock().lock();
    try {
      long version = follower.number("PRAGMA data_version");
      if (version != dataVersion) {
        readChanges();
        dataVersion = version;
      }
      loaded.values().removeIf(Index::isSparse);
      if (loaded.get(owner) == null) {
        load(owner);
        dropLeastUsed(owner);
      }
    } catch (SQLException e) {
      loaded.clear();
      throw database.unavailable(e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// Which documents an index answers for: a user's own shared ones are the user's index's.
  private static Predicate<Document> counts(Owner owner, Selection selection) {
    return switch (owner) {
      case Owner.User _ -> _ -> true;
      case Owner.Team() -> document -> !document.scope().user().equals(selection.user());
    };
  }

  /// Without counting as a use, which would change the order under a read lock.
  private @Nullable Index peek(Owner owner) {
    for (Map.Entry<Owner, Index> entry : loaded.entrySet()) {
      if (entry.getKey().equals(owner)) {
        return entry.getValue();
      }
    }
    return null;
  }

  private void readChanges() throws SQLException {
    follower.execute("BEGIN");
    try {
      Spaces.require(follower, space);
      long newest = follower.number("SELECT coalesce(max(seq), 0) FROM change");
      long oldest = follower.number("SELECT coalesce(min(seq), 0) FROM change");
      if (oldest > lastChange + 1) {
        loaded.clear(); // What was cut from the log may have concerned any of them.
      }
      if (!loaded.isEmpty()) {
        List<Long> rids =
            follower.query(
                "SELECT DISTINCT rid FROM change WHERE seq > ? ORDER BY rid",
                row -> row.getLong(1),
                lastChange);
        for (long rid : rids) {
          reread(rid);
        }
      }
      lastChange = newest;
    } finally {
      follower.execute("COMMIT");
    }
  }

  private void reread(long rid) throws SQLException {
    List<Loaded> live =
        follower.queryReadable(
            "SELECT " + COLUMNS + " FROM memory WHERE rid = ? AND valid_until IS NULL",
            Indexes::loaded,
            rid);
    for (Map.Entry<Owner, Index> entry : loaded.entrySet()) {
      Index index = entry.getValue();
      index.remove(rid);
      for (Loaded one : live) {
        if (belongs(one.document(), entry.getKey())) {
          add(follower, index, one);
        }
      }
    }
  }

  private static boolean belongs(Document document, Owner owner) {
    return switch (owner) {
      case Owner.User(UserId id) -> document.scope().user().equals(id);
      case Owner.Team() -> document.shared();
    };
  }

  private void load(Owner owner) throws SQLException {
    follower.execute("BEGIN");
    try {
      Index index = new Index(space.dimensions());
      fill(follower, index, owner, "valid_until IS NULL");
      // The state that was read may be newer than what the other indexes know; they follow first.
      loaded.put(owner, index);
    } finally {
      follower.execute("COMMIT");
    }
  }

  /// The index of an earlier moment. The last one is kept, since a search asks it twice.
  private Index asOf(Owner owner, Instant at) {
    follow(owner);
    Past wanted = new Past(owner, at, lastSeen());
    Map.Entry<Past, Index> kept = past.get();
    if (kept != null && kept.getKey().equals(wanted)) {
      return kept.getValue();
    }
    Index made =
        database.read(connection -> {
          Index index = new Index(space.dimensions());
          long millis = at.toEpochMilli();
          fill(
              connection,
              index,
              owner,
              "valid_from <= ? AND (valid_until IS NULL OR valid_until > ?)",
              millis,
              millis);
          return index;
        });
    past.set(Map.entry(wanted, made));
    return made;
  }

  private long lastSeen() {
    lock.readLock().lock();
    try {
      return lastChange;
    } finally {
      lock.readLock().unlock();
    }
  }

  /// @param moments the values of `valid`
  private static void fill(
      Connected connection, Index index, Owner owner, String valid, Long... moments)
      throws SQLException {
    String whose =
        switch (owner) {
          case Owner.User _ -> "user_id = ?";
          case Owner.Team _ -> "shared = 1";
        };
    List<Object> all = new ArrayList<>();
    if (owner instanceof Owner.User(UserId id)) {
      all.add(id.value());
    }
    all.addAll(List.of(moments));
    Object[] values = all.toArray();
    String where = " FROM memory WHERE " + whose + " AND " + valid;
    Map<Long, List<byte[]>> vectors = new HashMap<>();
    connection.query(
        "SELECT rid, vector FROM passage WHERE rid IN (SELECT rid"
            + where
            + ") ORDER BY rid, ordinal",
        row -> vectors.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>()).add(row.getBytes(2)),
        values);
    for (Loaded one :
        connection.queryReadable(
            "SELECT " + COLUMNS + where + " ORDER BY rid", Indexes::loaded, values)) {
      add(index, one, vectors.getOrDefault(one.document().rid(), List.of()));
    }
  }

  private static void add(Connected connection, Index index, Loaded one) throws SQLException {
    List<byte[]> vectors =
        connection.query(
            "SELECT vector FROM passage WHERE rid = ? ORDER BY ordinal",
            row -> row.getBytes(1),
            one.document().rid());
    add(index, one, vectors);
  }

  private static void add(Index index, Loaded one, List<byte[]> vectors) {
    index.add(one.document(), one.terms(), vectors.stream().filter(index::fits).toList());
  }

  private void dropLeastUsed(Owner keep) {
    long held = loaded.values().stream().mapToLong(Index::vectorsHeld).sum();
    var all = loaded.entrySet().iterator();
    while (held > vectorsMax && all.hasNext()) {
      Map.Entry<Owner, Index> leastUsed = all.next();
      if (!leastUsed.getKey().equals(keep)) {
        held -= leastUsed.getValue().vectorsHeld();
        all.remove();
      }
    }
  }

  /// A row of memory as the index wants it.
  private record Loaded(Document document, String terms) {}

  private static Loaded loaded(ResultSet row) throws SQLException {
    Scope scope = Rows.scope(row);
    String terms = row.getString("terms");
    Instant created = Instant.ofEpochMilli(row.getLong("created"));
    long observed = row.getLong("observed");
    Instant happened = row.wasNull() ? created : Instant.ofEpochMilli(observed);
    long expires = row.getLong("expires");
    if (row.wasNull()) {
      expires = Long.MAX_VALUE;
    }
    Metadata metadata = Rows.metadata(row.getString("metadata"));
    Document document =
        new Document(
            row.getLong("rid"),
            Rows.id(row, "id"),
            row.getLong("version"),
            scope,
            row.getInt("shared") == 1,
            metadata,
            created,
            expires,
            strand(scope, row.getString("conversation")),
            new Candidate.Nature(
                Speaker.of(Author.valueOf(row.getString("author")), metadata),
                row.getInt("tokens"),
                row.getInt("question") == 1,
                happened));
    return new Loaded(document, terms);
  }

  private static Document.@Nullable Strand strand(Scope scope, @Nullable String conversation) {
    if (conversation != null) {
      return new Document.Strand.Conversation(conversation);
    }
    return scope.run() == null ? null : new Document.Strand.Run(scope);
  }

  /// The answers of several indexes as one, in which no memory stands twice.
  private static Candidates merged(List<Candidates> parts) {
    Map<MemoryId, Candidate> found = new LinkedHashMap<>();
    parts.forEach(part -> part.found().forEach(one -> found.putIfAbsent(one.id(), one)));
    long memories = parts.stream().mapToLong(Candidates::memories).sum();
    double terms = parts.stream().mapToDouble(p -> p.averageLength() * p.memories()).sum();
    List<Long> frequencies =
        IntStream.range(0, parts.getFirst().frequencies().size())
            .mapToObj(i -> parts.stream().mapToLong(part -> part.frequencies().get(i)).sum())
            .toList();
    return new Candidates(
        List.copyOf(found.values()), memories, memories == 0 ? 0 : terms / memories, frequencies);
  }

  @Override
  public void close() {
    past.set(null);
    lock.writeLock().lock();
    try {
      loaded.clear();
      follower.close();
    } catch (SQLException e) {
      throw database.unavailable(e);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
