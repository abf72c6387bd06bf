package dev.agenticmemory.domain;

/// Who said it: a fact that the user stated is not the same as one that the assistant guessed.
public enum Author {
  USER,
  ASSISTANT,
  SYSTEM
}
