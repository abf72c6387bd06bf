package dev.agenticmemory.store.sqlite;

import java.sql.SQLException;

/// Named facts about the file itself.
final class Settings {

  private Settings() {}

  /// The value of a setting, which is `first` where it was not there.
  static String of(Connected connection, String name, String first) throws SQLException {
    connection.update("INSERT OR IGNORE INTO setting(name, value) VALUES(?,?)", name, first);
    return of(connection, name);
  }

  /// The value of a setting that is there.
  static String of(Connected connection, String name) throws SQLException {
    return connection
        .first("SELECT value FROM setting WHERE name = ?", row -> row.getString(1), name)
        .orElseThrow();
  }

  static void put(Connected connection, String name, String value) throws SQLException {
    connection.update("INSERT OR REPLACE INTO setting(name, value) VALUES(?,?)", name, value);
  }
}
