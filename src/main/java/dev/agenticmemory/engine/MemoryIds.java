package dev.agenticmemory.engine;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.TextHash;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Makes ids whose order is the order in which they were made, also within one millisecond. Safe
/// for concurrent use.
public final class MemoryIds {

  private static final int COUNTER_MAX = 0xFFF;

  private final Clock clock;
  private final RandomGenerator random;
  private long lastMillis;
  private int counter;

  public MemoryIds(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /// The id of what was made elsewhere: always the same for the same time and key, so that it is
  /// brought in once. It sorts by the time like every other.
  ///
  /// @param key tells it from everything else
  public static MemoryId derived(Instant created, String key) {
    byte[] hash = HexFormat.of().parseHex(TextHash.sha256(key));
    ByteBuffer bytes = ByteBuffer.wrap(hash);
    long high = (created.toEpochMilli() << 16) | 0x7000L | (bytes.getShort() & COUNTER_MAX);
    long low = (bytes.getLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new MemoryId(new UUID(high, low));
  }

  public synchronized MemoryId next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      counter = 0;
    } else if (++counter > COUNTER_MAX) {
      lastMillis++;
      counter = 0;
    }
    long high = (lastMillis << 16) | 0x7000L | counter;
    long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new MemoryId(new UUID(high, low));
  }
}
