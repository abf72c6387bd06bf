package dev.agenticmemory.domain;

/// Nothing with this id is there for this caller. The caller can look the id up and try again.
public final class NotFound extends MemoryException {

  public NotFound(MemoryId id) {
    super(
        "No memory with id " + id,
        "Call search_memory or list_memories to find the id; it may have been deleted.",
        null);
  }
}
