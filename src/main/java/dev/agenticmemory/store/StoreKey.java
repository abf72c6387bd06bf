package dev.agenticmemory.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A store's secret key, made with it. A hash under this key tells nothing to those who have not
/// got the store: not even whether a guessed text was hashed.
public final class StoreKey {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final byte[] key;

  private StoreKey(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("A key has %d bytes".formatted(KEY_BYTES));
    }
    this.key = key;
  }

  public static StoreKey random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new StoreKey(key);
  }

  /// The key as [#hex] wrote it.
  public static StoreKey ofHex(String hex) {
    return new StoreKey(HexFormat.of().parseHex(hex));
  }

  /// The key itself, for the store to keep.
  public String hex() {
    return HexFormat.of().formatHex(key);
  }

  /// HMAC-SHA-256 of `parts`, in hexadecimal. Parts that are joined elsewhere hash to something
  /// else.
  public String hash(String... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      for (int i = 0; i < parts.length; i++) {
        if (i > 0) {
          mac.update((byte) 0);
        }
        mac.update(parts[i].getBytes(UTF_8));
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoreKey same && MessageDigest.isEqual(key, same.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  @Override
  public String toString() {
    return "StoreKey[…]";
  }
}
