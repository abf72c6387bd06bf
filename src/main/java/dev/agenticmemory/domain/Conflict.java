package dev.agenticmemory.domain;

/// What the caller asked for contradicts what is stored by now. Nothing was changed.
public final class Conflict extends MemoryException {

  public Conflict(String message, String hint) {
    super(message, hint, null);
  }
}
