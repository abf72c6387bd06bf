package dev.agenticmemory.domain;

/// The caller is bound to something else than it asked for. Only whoever bound it can change that.
public final class Forbidden extends MemoryException {

  public Forbidden(String message, String hint) {
    super(message, hint, null);
  }
}
