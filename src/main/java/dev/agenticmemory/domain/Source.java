package dev.agenticmemory.domain;

/// The door by which a memory came in.
public enum Source {
  TOOL,
  API,
  DIGEST,
  SYNC,
  DREAM,
  IMPORT
}
