package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Unavailable;
import java.sql.SQLException;
import java.util.List;

/// The tables, and how an older file becomes the newest. Migrations only go forward.
final class Schema {

  /// One step a version; a step that was released never changes.
  private static final List<List<String>> MIGRATIONS =
      List.of(
          List.of(
              // One row a state of a memory. The live one has no valid_until; states that were
              // superseded or retired keep their text for questions as of an earlier time.
              // Times are milliseconds since 1970. shared is 0 or 1. terms are the words of the
              // text as the analyser gives them, joined by blanks.
              """
              CREATE TABLE memory(
                rid INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL,
                version INTEGER NOT NULL,
                user_id TEXT NOT NULL,
                agent_id TEXT,
                run_id TEXT,
                text TEXT NOT NULL,
                hash TEXT NOT NULL,
                terms TEXT NOT NULL,
                category TEXT,
                shared INTEGER NOT NULL,
                metadata TEXT NOT NULL,
                source TEXT NOT NULL,
                author TEXT NOT NULL,
                conversation TEXT,
                created INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                observed INTEGER,
                expires INTEGER,
                valid_from INTEGER NOT NULL,
                valid_until INTEGER
              )\
              """,
              "CREATE UNIQUE INDEX memory_live ON memory(id) WHERE valid_until IS NULL",
              "CREATE INDEX memory_id ON memory(id)",
              "CREATE INDEX memory_hash ON memory(user_id, hash) WHERE valid_until IS NULL",
              "CREATE INDEX memory_newest ON memory(user_id, created DESC, id DESC)"
                  + " WHERE valid_until IS NULL",
              "CREATE INDEX memory_run ON memory(user_id, run_id) WHERE valid_until IS NULL",
              "CREATE INDEX memory_shared ON memory(rid) WHERE shared = 1 AND valid_until IS NULL",
              // vector: float32, little endian.
              """
              CREATE TABLE passage(
                rid INTEGER NOT NULL REFERENCES memory(rid) ON DELETE CASCADE,
                ordinal INTEGER NOT NULL,
                vector BLOB NOT NULL,
                PRIMARY KEY(rid, ordinal)
              )\
              """,
              """
              CREATE TABLE history(
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                memory_id TEXT NOT NULL,
                user_id TEXT NOT NULL,
                agent_id TEXT,
                run_id TEXT,
                event TEXT NOT NULL,
                old_text TEXT,
                new_text TEXT,
                at INTEGER NOT NULL,
                actor TEXT NOT NULL,
                reason TEXT NOT NULL,
                related TEXT
              )\
              """,
              "CREATE INDEX history_memory ON history(memory_id, seq)",
              "CREATE INDEX history_user ON history(user_id, run_id)",
              // Keyed hashes of texts that their users deleted.
              """
              CREATE TABLE seal(
                user_id TEXT NOT NULL,
                seal TEXT NOT NULL,
                PRIMARY KEY(user_id, seal)
              ) WITHOUT ROWID\
              """,
              """
              CREATE TABLE mark(
                kind TEXT NOT NULL,
                user_id TEXT NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                written INTEGER NOT NULL,
                PRIMARY KEY(kind, user_id, key)
              ) WITHOUT ROWID\
              """,
              """
              CREATE TABLE task(
                id TEXT PRIMARY KEY,
                kind TEXT NOT NULL,
                memory_id TEXT,
                due INTEGER NOT NULL,
                attempts INTEGER NOT NULL,
                payload TEXT NOT NULL,
                token TEXT,
                until INTEGER
              ) WITHOUT ROWID\
              """,
              "CREATE INDEX task_due ON task(kind, due)",
              "CREATE INDEX task_memory ON task(memory_id)",
              // Which rows of memory changed, so that every process can follow. Old ones are cut.
              "CREATE TABLE change(seq INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL)",
              "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"),
          // tokens: words of the text in all. question: whether it ends as one. Filled in anew with
          // terms where the analyser has changed.
          List.of(
              "ALTER TABLE memory ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0",
              "ALTER TABLE memory ADD COLUMN question INTEGER NOT NULL DEFAULT 0"),
          List.of("ALTER TABLE memory ADD COLUMN stage TEXT NOT NULL DEFAULT 'SETTLED'"),
          // Whose memory changed. Marks whose hashes had no key are made anew when they are needed.
          List.of(
              "ALTER TABLE change ADD COLUMN user_id TEXT NOT NULL DEFAULT ''",
              "CREATE INDEX change_user ON change(user_id, seq)",
              "CREATE INDEX history_entry ON history(user_id, memory_id)",
              "CREATE INDEX memory_expires ON memory(expires) WHERE expires IS NOT NULL",
              "DELETE FROM mark WHERE kind IN ('idempotency', 'input')",
              // Vectors of the model that is to come.
              """
              CREATE TABLE passage_next(
                rid INTEGER NOT NULL REFERENCES memory(rid) ON DELETE CASCADE,
                ordinal INTEGER NOT NULL,
                vector BLOB NOT NULL,
                PRIMARY KEY(rid, ordinal)
              )\
              """));

  private Schema() {}

  /// Brings the file to the newest schema, in one transaction.
  static void migrate(Connected connection) throws SQLException {
    long found = connection.number("PRAGMA user_version");
    if (found > MIGRATIONS.size()) {
      throw Unavailable.untilMended(
          "The data folder was written by a newer version of this program (schema %d, known is %d)"
              .formatted(found, MIGRATIONS.size()),
          "Update agentic-memory, or set MEMORY_HOME to another folder.",
          null);
    }
    if (found == MIGRATIONS.size()) {
      return;
    }
    connection.execute("BEGIN IMMEDIATE");
    try {
      for (List<String> step : MIGRATIONS.subList((int) found, MIGRATIONS.size())) {
        for (String statement : step) {
          connection.execute(statement);
        }
      }
      connection.execute("PRAGMA user_version=" + MIGRATIONS.size());
      connection.execute("COMMIT");
    } catch (SQLException e) {
      connection.execute("ROLLBACK");
      throw e;
    }
  }
}
