package dev.agenticmemory.engine;

import java.util.Locale;

/// What became of one thing that a job looked at.
public enum Fate {
  /// It is a new memory.
  ADDED,
  /// It changed a memory.
  UPDATED,
  /// A memory said it already.
  KNOWN,
  /// It ended a memory that is no longer so.
  RETIRED,
  /// A short-term memory left for what is in long-term memory.
  ARCHIVED,
  /// Two long-term memories became one.
  MERGED,
  /// It had expired, and is gone.
  PURGED,
  /// Its user deleted it, so it stays away.
  FORGOTTEN,
  /// Nobody said it: a heartbeat, a tool's output, an echo.
  NOISE,
  /// Nothing is new about it.
  UNCHANGED,
  /// It may not be complete yet, and is looked at again.
  WAITING,
  /// It could not be done, and is as it was.
  FAILED;

  /// As it is written in reports.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
