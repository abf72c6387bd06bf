package dev.agenticmemory.store.search;

/// The server will never take what was sent. Either a bug, or somebody changed an index.
final class Rejected extends RuntimeException {

  Rejected(String message) {
    super(message);
  }
}
