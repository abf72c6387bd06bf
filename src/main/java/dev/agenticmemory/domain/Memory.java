package dev.agenticmemory.domain;

import java.time.Instant;

/// One remembered fact or passage.
///
/// @param id identity; survives every change
/// @param scope where it belongs; never changes
/// @param content what it says
/// @param origin where it came from
/// @param times when things happened to it
/// @param version 1 when new, one more with each change; guards against lost updates
public record Memory(
    MemoryId id, Scope scope, Content content, Origin origin, Times times, long version) {

  public Memory {
    if (version < 1) {
      throw new IllegalArgumentException("version must be at least 1, is " + version);
    }
  }

  public String text() {
    return content.text();
  }

  public Tier tier() {
    return scope.tier();
  }

  /// This memory as it is after a change of its content at `now`.
  public Memory with(Content changed, Instant now) {
    return new Memory(id, scope, changed, origin, times.updatedAt(now), version + 1);
  }
}
