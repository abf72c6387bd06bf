package dev.agenticmemory.domain;

/// What a write did to one memory.
public enum Event {
  ADD,
  UPDATE,
  DELETE,
  /// Nothing changed: it was known already.
  NONE
}
