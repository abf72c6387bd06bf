package dev.agenticmemory.domain;

/// Who sees a memory that is marked as shared, beside the agent that wrote it.
public enum Sharing {
  /// Nobody.
  OFF,
  /// Every agent of the same user.
  USER,
  /// Every user of this installation may read it, and never change it.
  TEAM
}
