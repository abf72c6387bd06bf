package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Task;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the changes of a change set do to the tables, inside one transaction.
final class Writes {

  /// How many changes are kept for other processes to follow. One that fell further behind, as
  /// after a night's sleep, reads everything anew.
  private static final int CHANGES_KEPT = 100_000;

  private static final String LIVE = " WHERE id = ? AND valid_until IS NULL";

  private final Connected connection;

  Writes(Connected connection) {
    this.connection = connection;
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
      case Change.ReplaceMark(Mark mark, String before) -> replaceMark(mark, before);
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
    insert(memory, add.features(), memory.times().created());
    Seals.lift(connection, memory.scope().user(), hash.hex());
    history(RawScope.of(memory.scope()), add.history());
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
    insert(memory, revise.features(), now);
    Seals.lift(connection, memory.scope().user(), memory.content().hash().hex());
    history(RawScope.of(memory.scope()), revise.history());
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
    history(RawScope.of(memory.scope()), annotate.history());
    return Optional.empty();
  }

  private Optional<Outcome> retire(Change.Retire retire) throws SQLException {
    Optional<Long> live = live(retire.id(), retire.version());
    if (live.isEmpty()) {
      return Optional.of(new Outcome.Stale(retire.id()));
    }
    close(live.get(), retire.history().at());
    history(scope(retire.id().toString()).orElseThrow(), retire.history());
    return Optional.empty();
  }

  private Optional<Outcome> erase(Change.Erase erase) throws SQLException {
    if (live(erase.id(), erase.version()).isEmpty()) {
      return Optional.of(new Outcome.Stale(erase.id()));
    }
    HistoryEntry history = erase.history();
    erase(
        erase.id().toString(),
        new Erasure(history.at(), history.actor(), history.reason()),
        erase.sealed());
    return Optional.empty();
  }

  /// What history tells of an erasure.
  record Erasure(Instant at, String actor, String reason) {}

  /// Removes all states of a memory and every text of it, and leaves its seals where they are
  /// wanted. Reads nothing but ids and hashes, so that a damaged row goes too. Returns whether
  /// there was any state.
  boolean erase(String id, Erasure erasure, boolean sealed) throws SQLException {
    Optional<RawScope> scope = scope(id);
    if (scope.isEmpty()) {
      return false;
    }
    record State(long rid, String hash) {}
    for (State state :
        connection.query(
            "SELECT rid, hash FROM memory WHERE id = ?",
            row -> new State(row.getLong(1), row.getString(2)),
            id)) {
      if (sealed) {
        Seals.put(connection, scope.get().user(), state.hash());
      }
      changed(state.rid());
      connection.update("DELETE FROM memory WHERE rid = ?", state.rid());
    }
    connection.update("DELETE FROM task WHERE memory_id = ?", id);
    connection.update(
        "UPDATE history SET old_text = NULL, new_text = NULL WHERE memory_id = ?", id);
    connection.update(
        "INSERT INTO history(memory_id, user_id, agent_id, run_id, event, at, actor, reason)"
            + " VALUES(?,?,?,?,?,?,?,?)",
        id,
        scope.get().user(),
        scope.get().agent(),
        scope.get().run(),
        Event.DELETE.name(),
        Rows.millis(erasure.at()),
        erasure.actor(),
        erasure.reason());
    return true;
  }

  /// Writes a memory exactly as it was kept elsewhere, instead of what there is of its id.
  void restore(Dossier dossier) throws SQLException {
    String id = dossier.id().toString();
    for (long rid :
        connection.query("SELECT rid FROM memory WHERE id = ?", row -> row.getLong(1), id)) {
      changed(rid);
      connection.update("DELETE FROM memory WHERE rid = ?", rid);
    }
    connection.update("DELETE FROM history WHERE memory_id = ?", id);
    for (Dossier.State state : dossier.states()) {
      long rid = insert(state.memory(), state.features(), state.from());
      if (state.until() != null) {
        connection.update(
            "UPDATE memory SET valid_until = ? WHERE rid = ?", Rows.millis(state.until()), rid);
      }
    }
    for (HistoryEntry entry : dossier.history()) {
      history(RawScope.of(dossier.scope()), entry);
    }
  }

  private long insert(Memory memory, Features features, Instant from) throws SQLException {
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
            memory.content().hash().hex(),
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
    return rid;
  }

  private void close(long rid, Instant until) throws SQLException {
    connection.update("UPDATE memory SET valid_until = ? WHERE rid = ?", Rows.millis(until), rid);
    changed(rid);
  }

  private void changed(long rid) throws SQLException {
    connection.update(
        "INSERT INTO change(rid, user_id) SELECT rid, user_id FROM memory WHERE rid = ?", rid);
  }

  private void history(RawScope scope, HistoryEntry entry) throws SQLException {
    connection.update(
        "INSERT INTO history(memory_id, user_id, agent_id, run_id, event, old_text, new_text, at,"
            + " actor, reason, related) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        entry.memory().toString(),
        scope.user(),
        scope.agent(),
        scope.run(),
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

  /// A scope as its columns have it, damaged or not.
  private record RawScope(String user, @Nullable String agent, @Nullable String run) {
    static RawScope of(Scope scope) {
      return new RawScope(scope.user().value(), Rows.text(scope.agent()), Rows.text(scope.run()));
    }
  }

  private Optional<RawScope> scope(String id) throws SQLException {
    return connection.first(
        "SELECT user_id, agent_id, run_id FROM memory WHERE id = ? LIMIT 1",
        row -> new RawScope(row.getString(1), row.getString(2), row.getString(3)),
        id);
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

  Optional<Outcome> putMark(Mark mark) throws SQLException {
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

  private Optional<Outcome> replaceMark(Mark mark, String before) throws SQLException {
    return mark(connection, mark.name()).filter(there -> there.value().equals(before)).isPresent()
        ? putMark(mark)
        : Optional.of(new Outcome.Superseded(mark.name()));
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

  Optional<Outcome> putTask(Task task) throws SQLException {
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
