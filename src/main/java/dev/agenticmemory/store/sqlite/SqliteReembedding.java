package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.store.Reembedding;
import java.sql.SQLException;
import java.util.List;

/// New vectors in a table of their own, which changes places with the old one at the end.
final class SqliteReembedding implements Reembedding {

  private static final String WITHOUT =
      " FROM memory m WHERE NOT EXISTS (SELECT 1 FROM passage_next p WHERE p.rid = m.rid)";

  private final Database database;
  private final EmbeddingSpace next;

  SqliteReembedding(Database database, EmbeddingSpace next) {
    this.database = database;
    this.next = next;
    database.write(connection -> {
      String name = "%s/%d".formatted(next.model(), next.dimensions());
      boolean resumed =
          connection
              .first("SELECT value FROM setting WHERE name = 'next'", row -> row.getString(1))
              .filter(name::equals)
              .isPresent();
      if (!resumed) {
        connection.update("DELETE FROM passage_next");
        Settings.put(connection, "next", name);
      }
      return resumed;
    });
  }

  @Override
  public long left() {
    return database.read(connection -> connection.number("SELECT count(*)" + WITHOUT));
  }

  @Override
  public List<Text> pending(int limit) {
    return database.read(connection ->
        connection.query(
            "SELECT rid, text" + WITHOUT + " LIMIT ?",
            row -> new Text(row.getLong(1), row.getString(2)),
            limit));
  }

  @Override
  public void put(List<Vectors> vectors) {
    database.write(connection -> {
      for (Vectors one : vectors) {
        put(connection, one);
      }
      return vectors.size();
    });
  }

  private void put(Connected connection, Vectors vectors) throws SQLException {
    int ordinal = 0;
    for (Embedding passage : vectors.passages()) {
      if (passage.dimensions() != next.dimensions()) {
        throw new IllegalArgumentException(
            "%s, vector has %d dimensions".formatted(next, passage.dimensions()));
      }
      connection.update(
          "INSERT OR REPLACE INTO passage_next(rid, ordinal, vector)"
              + " SELECT rid, ?, ? FROM memory WHERE rid = ?",
          ordinal++,
          Rows.vector(passage.toArray()),
          vectors.key());
    }
  }

  @Override
  public boolean finish() {
    return database.write(connection -> {
      if (connection.number("SELECT EXISTS(SELECT 1" + WITHOUT + ")") == 1) {
        return false;
      }
      connection.update("DELETE FROM passage");
      connection.update("INSERT INTO passage SELECT rid, ordinal, vector FROM passage_next");
      connection.update("DELETE FROM passage_next");
      Spaces.put(connection, next);
      connection.update("DELETE FROM setting WHERE name = 'next'");
      // Every process reads everything anew, and so finds out.
      connection.update(
          "INSERT INTO change(rid, user_id) SELECT rid, user_id FROM memory ORDER BY rid LIMIT 1");
      return true;
    });
  }
}
