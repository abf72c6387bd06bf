package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.EmbeddingSpace;
import java.sql.SQLException;

/// Which model the file's vectors are of.
final class Spaces {

  private Spaces() {}

  static EmbeddingSpace recorded(Connected connection) throws SQLException {
    return new EmbeddingSpace(
        Settings.of(connection, "model"), Integer.parseInt(Settings.of(connection, "dimensions")));
  }

  /// Writes down `space` where there are no vectors yet; a `Conflict` where there are, of another.
  static void record(Connected connection, EmbeddingSpace space) throws SQLException {
    boolean empty = connection.number("SELECT count(*) FROM (SELECT 1 FROM passage LIMIT 1)") == 0;
    if (empty) {
      put(connection, space);
    }
    require(connection, space);
  }

  static void put(Connected connection, EmbeddingSpace space) throws SQLException {
    Settings.put(connection, "model", space.model());
    Settings.put(connection, "dimensions", String.valueOf(space.dimensions()));
  }

  /// A `Conflict` where another process has changed the model, or opened the file with another
  /// while it was empty.
  static void require(Connected connection, EmbeddingSpace space) throws SQLException {
    EmbeddingSpace recorded = recorded(connection);
    if (!recorded.equals(space)) {
      throw new Conflict(
          "The stored memories were embedded with %s, the settings say %s"
              .formatted(recorded, space),
          "Set EMBEDDING_MODEL=%s again, or run `agentic-memory reembed` to change the model."
              .formatted(recorded.model()));
    }
  }
}
