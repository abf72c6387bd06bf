package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Task;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/// What the changes of a change set do to the tables, inside one transaction.
final class Writes {

  /// How many changes are kept for other processes to follow. One that fell further behind, as
  /// after a night's sleep, reads everything anew.
  private static final int CHANGES_KEPT = 100_000;

  private static final String LIVE = " WHERE id = ? AND valid_until IS NULL";

  private final Connected connection;
  private final Seals seals;

  Writes(Connected connection, Seals seals) {
    this.connection = connection;
    this.seals = seals;
  }

  /// Does one change; the answer is empty where it was done.
  Optional<Outcome> apply(Change change) throws SQLException {
    return switch (change) {
      case Change.Add add -> add(add);
      case Change.Revise revise -> revise(revise);
      case Change.Annotate annotate -> annotate(annotate);
      case Change.Retire retire -> retire(retire);
      case Change.Erase erase -> erase(erase);
      case Change.PutMark(Mark mark) -> putMark(mark);
      case Change.ClaimMark(Mark mark) -> claimMark(mark);
      case Change.RemoveMark(Mark.Name name) -> removeMark(name);
      case Change.PutTask(Task task) -> putTask(task);
      case Change.EndTask(Lease lease) -> endTask(lease);
    };
  }

  /// Forgets the oldest entries of the change log. Costs nothing where there are none to forget.
  void trimChanges() throws SQLException {
    connection.update(
        "DELETE FROM change WHERE seq <= (SELECT max(seq) FROM change) - ?", CHANGES_KEPT);
  }

  private Optional<Outcome> add(Change.Add add) throws SQLException {
    Memory memory = add.memory();
    TextHash hash = memory.content().hash();
    Optional<MemoryId> same = findSame(connection, memory.scope(), hash, memory.times().created());
    if (same.isPresent()) {
      return Optional.of(new Outcome.Duplicate(same.get()));
    }
    insert(memory, hash, add.features(), memory.times().created());
    seals.lift(connection, memory.scope().user(), hash);
    history(memory.scope(), add.history());
    return Optional.empty();
  }

  private Optional<Outcome> revise(Change.Revise revise) throws SQLException {
    Memory memory = revise.memory();
    Optional<Long> live = live(memory.id(), memory.version() - 1);
    if (live.isEmpty()) {
      return Optional.of(new Outcome.Stale(memory.id()));
    }
    Instant now = memory.times().updated();
    close(live.get(), now);
    insert(memory, memory.content().hash(), revise.features(), now);
    history(memory.scope(), revise.history());
    return Optional.empty();
  }

  private Optional<Outcome> annotate(Change.Annotate annotate) throws SQLException {
    Memory memory = annotate.memory();
    Optional<Long> live = live(memory.id(), memory.version() - 1);
    if (live.isEmpty()) {
      return Optional.of(new Outcome.Stale(memory.id()));
    }
    Times times = memory.times();
    connection.update(
        "UPDATE memory SET version = ?, category = ?, shared = ?, metadata = ?, updated = ?,"
            + " observed = ?, expires = ?, stage = ? WHERE rid = ?",
        memory.version(),
        memory.content().category(),
        memory.content().shared() ? 1 : 0,
        Rows.metadata(memory.content().metadata()),
        Rows.millis(times.updated()),
        Rows.millis(times.observed()),
        Rows.millis(times.expires()),
        memory.content().stage().name(),
        live.get());
    changed(live.get());
    history(memory.scope(), annotate.history());
    return Optional.empty();
  }

  private Optional<Outcome> retire(Change.Retire retire) throws SQLException {
    Optional<Long> live = live(retire.id(), retire.version());
    if (live.isEmpty()) {
      return Optional.of(new Outcome.Stale(retire.id()));
    }
    close(live.get(), retire.history().at());
    history(scope(retire.id()), retire.history());
    return Optional.empty();
  }

  private Optional<Outcome> erase(Change.Erase erase) throws SQLException {
    if (live(erase.id(), erase.version()).isEmpty()) {
      return Optional.of(new Outcome.Stale(erase.id()));
    }
    erase(erase.id(), erase.history(), erase.sealed());
    return Optional.empty();
  }

  /// Removes all states of a memory and every text of it, and leaves its seals where they are
  /// wanted.
  void erase(MemoryId id, HistoryEntry history, boolean sealed) throws SQLException {
    Scope scope = scope(id);
    record State(long rid, String hash) {}
    for (State state :
        connection.query(
            "SELECT rid, hash FROM memory WHERE id = ?",
            row -> new State(row.getLong(1), row.getString(2)),
            id.toString())) {
      if (sealed) {
        seals.put(connection, scope.user(), new TextHash(state.hash()));
      }
      connection.update("DELETE FROM memory WHERE rid = ?", state.rid());
      changed(state.rid());
    }
    connection.update("DELETE FROM task WHERE memory_id = ?", id.toString());
    connection.update(
        "UPDATE history SET old_text = NULL, new_text = NULL WHERE memory_id = ?", id.toString());
    history(scope, history);
  }

  private void insert(Memory memory, TextHash hash, Features features, Instant from)
      throws SQLException {
    Scope scope = memory.scope();
    Times times = memory.times();
    long rid =
        connection.insert(
            "INSERT INTO memory(id, version, user_id, agent_id, run_id, text, hash, terms, tokens,"
                + " question, category, shared, metadata, source, author, conversation, created, updated, observed,"
                + " expires, stage, valid_from)"
                + " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            memory.id().toString(),
            memory.version(),
            scope.user().value(),
            Rows.text(scope.agent()),
            Rows.text(scope.run()),
            memory.text(),
            hash.hex(),
            String.join(" ", features.terms()),
            features.tokens(),
            features.question() ? 1 : 0,
            memory.content().category(),
            memory.content().shared() ? 1 : 0,
            Rows.metadata(memory.content().metadata()),
            memory.origin().source().name(),
            memory.origin().author().name(),
            Rows.text(memory.origin().conversation()),
            Rows.millis(times.created()),
            Rows.millis(times.updated()),
            Rows.millis(times.observed()),
            Rows.millis(times.expires()),
            memory.content().stage().name(),
            Rows.millis(from));
    for (int i = 0; i < features.passages().size(); i++) {
      connection.update(
          "INSERT INTO passage(rid, ordinal, vector) VALUES(?,?,?)",
          rid,
          i,
          Rows.vector(features.passages().get(i).toArray()));
    }
    changed(rid);
  }

  private void close(long rid, Instant until) throws SQLException {
    connection.update("UPDATE memory SET valid_until = ? WHERE rid = ?", Rows.millis(until), rid);
    changed(rid);
  }

  private void changed(long rid) throws SQLException {
    connection.update("INSERT INTO change(rid) VALUES(?)", rid);
  }

  private void history(Scope scope, HistoryEntry entry) throws SQLException {
    connection.update(
        "INSERT INTO history(memory_id, user_id, agent_id, run_id, event, old_text, new_text, at,"
            + " actor, reason, related) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        entry.memory().toString(),
        scope.user().value(),
        Rows.text(scope.agent()),
        Rows.text(scope.run()),
        entry.event().name(),
        entry.oldText(),
        entry.newText(),
        Rows.millis(entry.at()),
        entry.actor(),
        entry.reason(),
        Rows.text(entry.related()));
  }

  private Optional<Long> live(MemoryId id, long version) throws SQLException {
    return connection.first(
        "SELECT rid FROM memory" + LIVE + " AND version = ?",
        row -> row.getLong(1),
        id.toString(),
        version);
  }

  private Scope scope(MemoryId id) throws SQLException {
    return connection
        .first(
            "SELECT user_id, agent_id, run_id FROM memory WHERE id = ? LIMIT 1",
            Rows::scope,
            id.toString())
        .orElseThrow(() -> new IllegalStateException("No row of " + id));
  }

  static Optional<MemoryId> findSame(Connected connection, Scope scope, TextHash hash, Instant now)
      throws SQLException {
    return connection.first(
        "SELECT id FROM memory INDEXED BY memory_hash WHERE user_id = ? AND hash = ? AND agent_id IS ? AND run_id IS ?"
            + " AND valid_until IS NULL AND (expires IS NULL OR expires > ?)",
        row -> Rows.id(row, "id"),
        scope.user().value(),
        hash.hex(),
        Rows.text(scope.agent()),
        Rows.text(scope.run()),
        Rows.millis(now));
  }

  private Optional<Outcome> putMark(Mark mark) throws SQLException {
    connection.update(
        "INSERT OR REPLACE INTO mark(kind, user_id, key, value, written) VALUES(?,?,?,?,?)",
        mark.name().kind(),
        Rows.markUser(mark.name().user()),
        mark.name().key(),
        mark.value(),
        Rows.millis(mark.written()));
    return Optional.empty();
  }

  private Optional<Outcome> claimMark(Mark mark) throws SQLException {
    Optional<Mark> existing = mark(connection, mark.name());
    if (existing.isPresent()) {
      return Optional.of(new Outcome.Marked(existing.get()));
    }
    return putMark(mark);
  }

  static Optional<Mark> mark(Connected connection, Mark.Name name) throws SQLException {
    return connection.first(
        "SELECT " + Rows.MARK + " FROM mark WHERE kind = ? AND user_id = ? AND key = ?",
        Rows::mark,
        name.kind(),
        Rows.markUser(name.user()),
        name.key());
  }

  private Optional<Outcome> removeMark(Mark.Name name) throws SQLException {
    connection.update(
        "DELETE FROM mark WHERE kind = ? AND user_id = ? AND key = ?",
        name.kind(),
        Rows.markUser(name.user()),
        name.key());
    return Optional.empty();
  }

  private Optional<Outcome> putTask(Task task) throws SQLException {
    connection.update(
        "INSERT OR REPLACE INTO task(id, kind, memory_id, due, attempts, payload)"
            + " VALUES(?,?,?,?,?,?)",
        task.id(),
        task.kind(),
        Rows.text(task.memory()),
        Rows.millis(task.due()),
        task.attempts(),
        task.payload());
    return Optional.empty();
  }

  private Optional<Outcome> endTask(Lease lease) throws SQLException {
    int ended =
        connection.update(
            "DELETE FROM task WHERE id = ? AND token = ?", lease.task().id(), lease.token());
    return ended == 1 ? Optional.empty() : Optional.of(new Outcome.LeaseLost(lease.task().id()));
  }
}
