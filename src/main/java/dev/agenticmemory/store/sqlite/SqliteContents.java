package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Everything in the file, page by page.
final class SqliteContents implements Contents {

  private final Database database;

  SqliteContents(Database database) {
    this.database = database;
  }

  @Override
  public StoreKey key() {
    return database.read(Seals::key);
  }

  @Override
  public List<Dossier> dossiers(@Nullable UserId user, @Nullable MemoryId after, int limit) {
    return database.read(connection -> {
      List<Dossier> dossiers = new ArrayList<>();
      String last = after == null ? "" : after.toString();
      List<String> ids;
      // A page in which everything is damaged is not the end.
      do {
        ids = ids(connection, user, last, limit);
        for (String id : ids) {
          dossier(connection, id).ifPresent(dossiers::add);
          last = id;
        }
      } while (dossiers.isEmpty() && !ids.isEmpty());
      return dossiers;
    });
  }

  @Override
  public long count(@Nullable UserId user, @Nullable AgentId agent) {
    return database.read(connection ->
        connection.number(
            "SELECT COUNT(DISTINCT memory_id) FROM history WHERE TRUE"
                + (user == null ? "" : " AND user_id = ?")
                + (agent == null ? "" : " AND agent_id = ?"),
            values(user, agent)));
  }

  /// Every memory has history, also one that was erased.
  private static List<String> ids(
      Connected connection, @Nullable UserId user, String after, int limit) throws SQLException {
    return connection.query(
        "SELECT DISTINCT memory_id FROM history WHERE memory_id > ?"
            + (user == null ? "" : " AND user_id = ?")
            + " ORDER BY memory_id LIMIT ?",
        row -> row.getString(1),
        values(after, user, limit));
  }

  /// Empty where what there is of it is damaged, which is in the log then.
  private static Optional<Dossier> dossier(Connected connection, String id) throws SQLException {
    List<HistoryEntry> history =
        connection.queryReadable(
            "SELECT " + Rows.HISTORY + " FROM history WHERE memory_id = ? ORDER BY seq",
            Rows::history,
            id);
    List<Scope> scopes =
        connection.queryReadable(
            "SELECT user_id, agent_id, run_id FROM history WHERE memory_id = ? LIMIT 1",
            Rows::scope,
            id);
    if (history.isEmpty() || scopes.isEmpty()) {
      return Optional.empty();
    }
    record Row(long rid, Memory memory, String terms, int tokens, boolean question, Span span) {}
    List<Dossier.State> states = new ArrayList<>();
    for (Row row :
        connection.queryReadable(
            "SELECT rid, terms, tokens, question, valid_from, valid_until, "
                + Rows.MEMORY
                + " FROM memory WHERE id = ? ORDER BY version, rid",
            r ->
                new Row(
                    r.getLong("rid"),
                    Rows.memory(r),
                    r.getString("terms"),
                    r.getInt("tokens"),
                    r.getInt("question") == 1,
                    Span.of(r)),
            id)) {
      Features features =
          new Features(
              passages(connection, row.rid()),
              row.terms().isEmpty() ? List.of() : List.of(row.terms().split(" ", -1)),
              row.tokens(),
              row.question());
      states.add(new Dossier.State(row.memory(), features, row.span().from(), row.span().until()));
    }
    return Optional.of(
        new Dossier(history.getFirst().memory(), scopes.getFirst(), states, history));
  }

  /// While a state held.
  private record Span(Instant from, @Nullable Instant until) {
    static Span of(ResultSet row) throws SQLException {
      Instant from = Instant.ofEpochMilli(row.getLong("valid_from"));
      long until = row.getLong("valid_until");
      return new Span(from, row.wasNull() ? null : Instant.ofEpochMilli(until));
    }
  }

  private static List<Embedding> passages(Connected connection, long rid) throws SQLException {
    return connection.query(
        "SELECT vector FROM passage WHERE rid = ? ORDER BY ordinal",
        row -> Embedding.ofUnit(Rows.vector(row.getBytes(1))),
        rid);
  }

  @Override
  public List<Mark> marks(@Nullable UserId user, Mark.@Nullable Name after, int limit) {
    Mark.Name from = after == null ? new Mark.Name("", null, "") : after;
    return database.read(connection ->
        connection.query(
            "SELECT "
                + Rows.MARK
                + " FROM mark WHERE (kind, user_id, key) > (?, ?, ?)"
                + (user == null ? "" : " AND user_id = ?")
                + " ORDER BY kind, user_id, key LIMIT ?",
            Rows::mark,
            values(from.kind(), Rows.markUser(from.user()), from.key(), user, limit)));
  }

  @Override
  public List<Task> tasks(@Nullable UserId user, @Nullable String after, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT "
                + Rows.TASK
                + " FROM task WHERE id > ?"
                + (user == null
                    ? ""
                    : " AND memory_id IN (SELECT memory_id FROM history WHERE user_id = ?)")
                + " ORDER BY id LIMIT ?",
            Rows::task,
            values(after == null ? "" : after, user, limit)));
  }

  @Override
  public List<Seal> seals(@Nullable UserId user, @Nullable Seal after, int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT user_id, seal FROM seal WHERE (user_id, seal) > (?, ?)"
                + (user == null ? "" : " AND user_id = ?")
                + " ORDER BY user_id, seal LIMIT ?",
            row -> new Seal(new UserId(row.getString(1)), row.getString(2)),
            values(
                after == null ? "" : after.user().value(),
                after == null ? "" : after.hash(),
                user,
                limit)));
  }

  /// The values of a statement: nulls, which are conditions that do not stand in it, left out.
  private static Object[] values(@Nullable Object... values) {
    List<Object> present = new ArrayList<>();
    for (Object value : values) {
      if (value != null) {
        present.add(plain(value));
      }
    }
    return present.toArray();
  }

  private static Object plain(Object value) {
    return switch (value) {
      case UserId user -> user.value();
      case AgentId agent -> agent.value();
      default -> value;
    };
  }

  @Override
  public void adopt(StoreKey key) {
    database.write(connection -> {
      if (!key.equals(Seals.key(connection))) {
        boolean used =
            connection.number("SELECT EXISTS(SELECT 1 FROM seal) OR EXISTS(SELECT 1 FROM mark)")
                == 1;
        if (used) {
          throw new Conflict(
              "The store has marks of deleted texts under a key of its own",
              "Move everything into a store that nothing was deleted from yet, best a new one.");
        }
        Seals.replaceKey(connection, key);
      }
      return key;
    });
  }

  @Override
  public void restore(
      List<Dossier> dossiers, List<Mark> marks, List<Task> tasks, List<Seal> seals) {
    database.write(connection -> {
      Writes writes = new Writes(connection);
      for (Dossier dossier : dossiers) {
        writes.restore(dossier);
      }
      for (Mark mark : marks) {
        writes.putMark(mark);
      }
      for (Task task : tasks) {
        writes.putTask(task);
      }
      for (Seal seal : seals) {
        Seals.write(connection, seal.user().value(), seal.hash());
      }
      writes.trimChanges();
      return dossiers.size();
    });
  }
}
