package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.StoreKey;
import java.sql.SQLException;

/// Keyed hashes of texts that their users deleted, and the key, which is read each time: another
/// process may have moved a whole store in here.
final class Seals {

  private static final String KEY = "seal_key";

  private Seals() {}

  static StoreKey key(Connected connection) throws SQLException {
    return StoreKey.ofHex(Settings.of(connection, KEY));
  }

  static void makeKey(Connected connection) throws SQLException {
    var _ = Settings.of(connection, KEY, StoreKey.random().hex());
  }

  static void replaceKey(Connected connection, StoreKey key) throws SQLException {
    Settings.put(connection, KEY, key.hex());
  }

  static void put(Connected connection, String user, String textHash) throws SQLException {
    write(connection, user, key(connection).hash(user, textHash));
  }

  static void write(Connected connection, String user, String seal) throws SQLException {
    connection.update("INSERT OR IGNORE INTO seal(user_id, seal) VALUES(?,?)", user, seal);
  }

  static void lift(Connected connection, UserId user, String textHash) throws SQLException {
    connection.update(
        "DELETE FROM seal WHERE user_id = ? AND seal = ?",
        user.value(),
        key(connection).hash(user.value(), textHash));
  }

  static boolean has(Connected connection, UserId user, String textHash) throws SQLException {
    return connection
        .first(
            "SELECT 1 FROM seal WHERE user_id = ? AND seal = ?",
            row -> row.getInt(1),
            user.value(),
            key(connection).hash(user.value(), textHash))
        .isPresent();
  }
}
