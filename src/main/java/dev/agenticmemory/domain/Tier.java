package dev.agenticmemory.domain;

/// How long a memory is meant to live.
public enum Tier {
  /// Belongs to a run; weighed against long-term memory when the run is old.
  SHORT_TERM,
  /// Has no run; stays until it is changed or deleted.
  LONG_TERM;
}
