package dev.agenticmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Keyed hashes of texts that their users deleted. Without the key, which is made with the store,
/// they tell nothing: not even whether a guessed text was among them.
final class Seals {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  Seals(String keyHex) {
    key = new SecretKeySpec(HexFormat.of().parseHex(keyHex), ALGORITHM);
  }

  void put(Connected connection, UserId user, TextHash hash) throws SQLException {
    connection.update(
        "INSERT OR IGNORE INTO seal(user_id, seal) VALUES(?,?)", user.value(), seal(user, hash));
  }

  void lift(Connected connection, UserId user, TextHash hash) throws SQLException {
    connection.update(
        "DELETE FROM seal WHERE user_id = ? AND seal = ?", user.value(), seal(user, hash));
  }

  boolean has(Connected connection, UserId user, TextHash hash) throws SQLException {
    return connection
        .first(
            "SELECT 1 FROM seal WHERE user_id = ? AND seal = ?",
            row -> row.getInt(1),
            user.value(),
            seal(user, hash))
        .isPresent();
  }

  private String seal(UserId user, TextHash hash) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(user.value().getBytes(UTF_8));
      mac.update((byte) 0);
      return HexFormat.of().formatHex(mac.doFinal(hash.hex().getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }
}
