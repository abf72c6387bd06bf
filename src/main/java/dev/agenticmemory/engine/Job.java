package dev.agenticmemory.engine;

import java.util.Locale;

/// What is done by itself, at its times.
public enum Job {
  /// New entries of diaries become short-term memories.
  DIGEST,
  /// The notes that agents keep become long-term memories.
  SYNC,
  /// Short-term memories become long-term ones.
  DREAM;

  /// As it is written in commands, settings and addresses.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The kind, and the id, of the task that says when it is due.
  public String task() {
    return "job-" + word();
  }
}
