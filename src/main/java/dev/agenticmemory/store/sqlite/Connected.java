package dev.agenticmemory.store.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection and its prepared statements. Used by one thread at a time.
final class Connected implements AutoCloseable {

  /// Makes a value of the row that the result stands on.
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connected.class);

  private final Connection connection;

  /// Statements with a filter in them are as many as there are filters.
  private static final int PREPARED_MAX = 200;

  /// The least used first.
  private final LinkedHashMap<String, PreparedStatement> prepared =
      new LinkedHashMap<>(16, 0.75f, true);

  Connected(Connection connection) {
    this.connection = connection;
  }

  <T> List<T> query(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    List<T> all = new ArrayList<>();
    try (ResultSet result = bound(sql, values).executeQuery()) {
      while (result.next()) {
        all.add(row.read(result));
      }
    }
    return all;
  }

  /// Like [#query], without the rows that are damaged: one bad row must not hide all others.
  <T> List<T> queryReadable(String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    return query(sql, orEmpty(row), values).stream().flatMap(Optional::stream).toList();
  }

  /// Makes a value of a row, or nothing where the row is damaged.
  static <T> Row<Optional<T>> orEmpty(Row<T> row) {
    return result -> {
      try {
        return Optional.of(row.read(result));
      } catch (RuntimeException e) {
        LOG.warn("A damaged row of the memory store is left out: {}", e.getMessage());
        return Optional.empty();
      }
    };
  }

  <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    try (ResultSet result = bound(sql, values).executeQuery()) {
      return result.next() ? Optional.of(row.read(result)) : Optional.empty();
    }
  }

  long number(String sql, @Nullable Object... values) throws SQLException {
    return first(sql, row -> row.getLong(1), values)
        .orElseThrow(() -> new IllegalStateException("No row: " + sql));
  }

  /// Returns how many rows changed.
  int update(String sql, @Nullable Object... values) throws SQLException {
    return bound(sql, values).executeUpdate();
  }

  /// Inserts one row and returns its row id.
  long insert(String sql, @Nullable Object... values) throws SQLException {
    update(sql, values);
    return number("SELECT last_insert_rowid()");
  }

  /// Runs a statement that is not worth preparing.
  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private PreparedStatement bound(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      if (prepared.size() == PREPARED_MAX) {
        prepared.pollFirstEntry().getValue().close();
      }
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    connection.close();
  }
}
