package dev.agenticmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Reembedding;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Shapes;
import dev.agenticmemory.store.Stats;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.text.Terms;
import dev.agenticmemory.text.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Memories in one SQLite file, for any number of processes of one machine.
public final class SqliteStore implements MemoryStore {

  private final Database database;
  private final EmbeddingSpace space;
  private final Indexes indexes;

  /// Opens the file, or makes it.
  ///
  /// Throws `Conflict` where the file's vectors are of another space, and `Unavailable` where it
  /// cannot be read or was written by a newer version of the program.
  public SqliteStore(Path file, EmbeddingSpace space) {
    this.space = space;
    database = new Database(file);
    try {
      database.write(this::prepare);
      indexes = new Indexes(database, space);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Opens a file that is there, with whatever model its vectors are of, such as to move it.
  public static SqliteStore asItIs(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Unavailable.untilMended(
          "There is no memory store at " + file, "Name the data folder that holds one.", null);
    }
    try (Database database = new Database(file)) {
      return new SqliteStore(file, database.read(Spaces::recorded));
    }
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public Outcome apply(List<Change> changes) {
    Shapes.require(changes, space);
    try {
      Outcome outcome =
          database.write(connection -> {
            Writes writes = new Writes(connection);
            Spaces.require(connection, space);
            for (Change change : changes) {
              Optional<Outcome> refused = writes.apply(change);
              if (refused.isPresent()) {
                throw new Refused(refused.get());
              }
            }
            writes.trimChanges();
            return new Outcome.Applied();
          });
      if (changes.stream().anyMatch(Change.Erase.class::isInstance)) {
        database.checkpoint();
      }
      return outcome;
    } catch (Refused e) {
      return e.outcome;
    }
  }

  /// Does all that `work` does with this store as one: alone among all writers, and not at all
  /// where it throws. What it reads is the state before.
  public <T> T together(Supplier<T> work) {
    return database.write(_ -> work.get());
  }

  @Override
  public Optional<Memory> find(MemoryId id) {
    return database.read(connection ->
        connection.first(
            "SELECT " + Rows.MEMORY + " FROM memory WHERE id = ? AND valid_until IS NULL",
            Rows::memory,
            id.toString()));
  }

  @Override
  public Optional<MemoryId> findSame(Scope scope, TextHash hash, Instant now) {
    return database.read(connection -> Writes.findSame(connection, scope, hash, now));
  }

  @Override
  public Candidates candidates(Selection selection, Query query) {
    Shapes.require(query, space);
    return indexes.candidates(selection, query, Set.of());
  }

  /// What may answer `query`, and of the selected memories also these, which were found elsewhere,
  /// with their neighbours.
  public Candidates candidates(Selection selection, Query query, Set<MemoryId> also) {
    Shapes.require(query, space);
    return indexes.candidates(selection, query, also);
  }

  @Override
  public List<String> speakers(Selection selection, int limit) {
    return indexes.speakers(selection, limit);
  }

  @Override
  public List<Memory> load(List<Candidate> candidates) {
    return database.read(connection -> {
      List<Memory> memories = new ArrayList<>();
      for (Candidate candidate : candidates) {
        memories.addAll(
            connection.queryReadable(
                // A state that was annotated since has a higher version and the same text.
                "SELECT "
                    + Rows.MEMORY
                    + " FROM memory WHERE id = ? AND version >= ? ORDER BY version LIMIT 1",
                Rows::memory,
                candidate.id().toString(),
                candidate.version()));
      }
      return memories;
    });
  }

  @Override
  public List<Memory> list(Selection selection, Window window) {
    return database.read(connection -> Listing.of(selection).window(connection, window));
  }

  @Override
  public long count(Selection selection) {
    return database.read(connection -> Listing.of(selection).count(connection));
  }

  @Override
  public List<Memory> expired(Instant now, int limit) {
    return database.read(connection ->
        connection.queryReadable(
            "SELECT "
                + Rows.MEMORY
                + " FROM memory WHERE valid_until IS NULL AND expires <= ? LIMIT ?",
            Rows::memory,
            Rows.millis(now),
            limit));
  }

  @Override
  public List<HistoryEntry> history(MemoryId id) {
    return database.read(connection ->
        connection.query(
            "SELECT " + Rows.HISTORY + " FROM history WHERE memory_id = ? ORDER BY seq",
            Rows::history,
            id.toString()));
  }

  @Override
  public Optional<Scope> owner(MemoryId id) {
    return database.read(connection ->
        connection.first(
            "SELECT user_id, agent_id, run_id FROM history WHERE memory_id = ? LIMIT 1",
            Rows::scope,
            id.toString()));
  }

  @Override
  public long erase(Extent extent, Instant now, String actor) {
    long erased = database.write(connection -> erase(connection, extent, now, actor));
    database.checkpoint();
    return erased;
  }

  @Override
  public boolean erase(MemoryId id, Instant now, String actor) {
    boolean erased =
        database.write(connection ->
            new Writes(connection)
                .erase(id.toString(), new Writes.Erasure(now, actor, "deleted"), true));
    if (erased) {
      database.checkpoint();
    }
    return erased;
  }

  @Override
  public long count(Extent extent) {
    return database.read(connection ->
        connection.number(
            "SELECT count(*) FROM memory WHERE valid_until IS NULL AND " + COVERED,
            covered(extent)));
  }

  @Override
  public boolean forgotten(UserId user, TextHash hash) {
    return database.read(connection -> Seals.has(connection, user, hash.hex()));
  }

  @Override
  public Optional<Mark> mark(Mark.Name name) {
    return database.read(connection -> Writes.mark(connection, name));
  }

  @Override
  public List<Mark> marks(String kind, @Nullable String user, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT "
                + Rows.MARK
                + " FROM mark WHERE kind = ? AND user_id = ? ORDER BY key LIMIT ?",
            Rows::mark,
            kind,
            Rows.markUser(user),
            limit));
  }

  @Override
  public Optional<Lease> claim(String kind, Instant now, Duration length) {
    Instant until = now.plus(length);
    String token = UUID.randomUUID().toString();
    return database.write(connection ->
        connection
            .first(
                "UPDATE task SET attempts = attempts + 1, token = ?, until = ? WHERE id ="
                    + " (SELECT id FROM task WHERE kind = ? AND due <= ?"
                    + " AND (until IS NULL OR until <= ?) ORDER BY due, id LIMIT 1)"
                    + " RETURNING "
                    + Rows.TASK,
                Rows::task,
                token,
                Rows.millis(until),
                kind,
                Rows.millis(now),
                Rows.millis(now))
            .map(task -> new Lease(task, token, until)));
  }

  @Override
  public Optional<Lease> renew(Lease lease, Instant until) {
    int renewed =
        database.write(connection ->
            connection.update(
                "UPDATE task SET until = ? WHERE id = ? AND token = ?",
                Rows.millis(until),
                lease.task().id(),
                lease.token()));
    return renewed == 1
        ? Optional.of(new Lease(lease.task(), lease.token(), until))
        : Optional.empty();
  }

  @Override
  public List<Task> tasks(String kind, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT " + Rows.TASK + " FROM task WHERE kind = ? ORDER BY due, id LIMIT ?",
            Rows::task,
            kind,
            limit));
  }

  @Override
  public Stats stats(@Nullable UserId user, Instant now) {
    return database.read(connection ->
        connection
            .first(
                "SELECT count(*) - count(run_id), count(run_id), count(DISTINCT user_id)"
                    + " FROM memory WHERE valid_until IS NULL"
                    + " AND (expires IS NULL OR expires > ?) AND (? IS NULL OR user_id = ?)",
                row -> new Stats(row.getLong(1), row.getLong(2), row.getLong(3)),
                Rows.millis(now),
                Rows.text(user),
                Rows.text(user))
            .orElseThrow());
  }

  @Override
  public List<UserId> users(String prefix, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT DISTINCT user_id FROM memory WHERE valid_until IS NULL"
                // As bytes: as text they would end at a NUL.
                + " AND substr(CAST(user_id AS BLOB), 1, length(?)) = ? ORDER BY user_id LIMIT ?",
            row -> new UserId(row.getString(1)),
            prefix.getBytes(UTF_8),
            prefix.getBytes(UTF_8),
            limit));
  }

  @Override
  public List<AgentId> agents(UserId user, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT DISTINCT agent_id FROM memory WHERE valid_until IS NULL AND user_id = ?"
                + " AND agent_id IS NOT NULL ORDER BY agent_id LIMIT ?",
            row -> new AgentId(row.getString(1)),
            user.value(),
            limit));
  }

  @Override
  public List<RunSummary> runs(UserId user, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT run_id, count(*), max(created) FROM memory WHERE valid_until IS NULL"
                + " AND user_id = ? AND run_id IS NOT NULL GROUP BY run_id"
                + " ORDER BY max(created) DESC, run_id LIMIT ?",
            row ->
                new RunSummary(
                    new RunId(row.getString(1)),
                    row.getLong(2),
                    Instant.ofEpochMilli(row.getLong(3))),
            user.value(),
            limit));
  }

  @Override
  public long revision(@Nullable UserId user) {
    return database.read(connection ->
        user == null
            ? connection.number("SELECT coalesce(max(seq), 0) FROM change")
            : connection.number(
                "SELECT coalesce(max(seq), 0) FROM change WHERE user_id = ?", user.value()));
  }

  @Override
  public StoreKey key() {
    return database.read(Seals::key);
  }

  @Override
  public Reembedding reembedding(EmbeddingSpace next) {
    return new SqliteReembedding(database, next);
  }

  @Override
  public Contents contents() {
    return new SqliteContents(database);
  }

  @Override
  public void close() {
    indexes.close();
    database.close();
  }

  private static final String COVERED =
      "user_id = ? AND (? IS NULL OR run_id = ?) AND (? IS NULL OR agent_id = ?)";

  private static @Nullable Object[] covered(Extent extent) {
    return new @Nullable Object[] {
      extent.user().value(),
      Rows.text(extent.run()),
      Rows.text(extent.run()),
      Rows.text(extent.agent()),
      Rows.text(extent.agent())
    };
  }

  private long erase(Connected connection, Extent extent, Instant now, String actor)
      throws SQLException {
    long live =
        connection.number(
            "SELECT count(*) FROM memory WHERE valid_until IS NULL AND " + COVERED,
            covered(extent));
    Writes writes = new Writes(connection);
    Writes.Erasure erasure = new Writes.Erasure(now, actor, "bulk delete");
    for (String id :
        connection.query(
            "SELECT DISTINCT id FROM memory WHERE " + COVERED,
            row -> row.getString(1),
            covered(extent))) {
      writes.erase(id, erasure, true);
    }
    // Memories that were erased before have left their history, and texts may have been merged in.
    connection.update(
        "UPDATE history SET old_text = NULL, new_text = NULL WHERE " + COVERED, covered(extent));
    if (extent.run() == null && extent.agent() == null) {
      connection.update("DELETE FROM mark WHERE user_id = ?", extent.user().value());
    }
    return live;
  }

  private EmbeddingSpace prepare(Connected connection) throws SQLException {
    Spaces.record(connection, space);
    reanalyse(connection);
    Seals.makeKey(connection);
    return space;
  }

  /// Makes the terms of all memories anew where the analyser has changed.
  private static void reanalyse(Connected connection) throws SQLException {
    String current = String.valueOf(Words.VERSION);
    if (Settings.of(connection, "words", current).equals(current)) {
      return;
    }
    record Text(long rid, String text) {}
    for (Text one :
        connection.query(
            "SELECT rid, text FROM memory", row -> new Text(row.getLong(1), row.getString(2)))) {
      Terms terms = Words.analyse(one.text());
      connection.update(
          "UPDATE memory SET terms = ?, tokens = ?, question = ? WHERE rid = ?",
          String.join(" ", terms.words()),
          terms.tokens(),
          terms.question() ? 1 : 0,
          one.rid());
      connection.update(
          "INSERT INTO change(rid, user_id) SELECT rid, user_id FROM memory WHERE rid = ?",
          one.rid());
    }
    connection.update("UPDATE setting SET value = ? WHERE name = 'words'", current);
  }

  /// Rolls a transaction back with an expected outcome.
  private static final class Refused extends RuntimeException {
    private final transient Outcome outcome;

    Refused(Outcome outcome) {
      super(outcome.toString(), null, false, false);
      this.outcome = outcome;
    }
  }
}
