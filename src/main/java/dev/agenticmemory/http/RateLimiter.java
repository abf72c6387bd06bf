package dev.agenticmemory.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gives each caller so many requests a minute; what is left over can be used up within [#BURST_S]
/// seconds' worth at once.
final class RateLimiter {

  private static final int BURST_S = 10;

  /// How many callers are remembered: those of longest ago have their full allowance again anyway.
  private static final int CALLERS_MAX = 10_000;

  private final InstantSource clock;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > CALLERS_MAX;
        }
      };

  private record Bucket(double left, long atMillis) {}

  RateLimiter(InstantSource clock) {
    this.clock = clock;
  }

  /// Takes one request from the allowance of this caller. Returns how long it has to wait where
  /// there is none left, else zero.
  ///
  /// @param perMinute what this caller is given; 0 for no limit
  synchronized Duration take(String caller, int perMinute) {
    if (perMinute == 0) {
      return Duration.ZERO;
    }
    double perSecond = perMinute / 60.0;
    double most = Math.max(1, perSecond * BURST_S);
    long now = clock.millis();
    Bucket bucket = buckets.getOrDefault(caller, new Bucket(most, now));
    double gained = Math.max(0, now - bucket.atMillis()) / 1_000.0 * perSecond;
    double left = Math.min(most, bucket.left() + gained);
    if (left < 1) {
      buckets.put(caller, new Bucket(left, now));
      return Duration.ofMillis((long) Math.ceil((1 - left) / perSecond * 1_000));
    }
    buckets.put(caller, new Bucket(left - 1, now));
    return Duration.ZERO;
  }
}
