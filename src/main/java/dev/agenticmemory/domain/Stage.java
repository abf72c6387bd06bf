package dev.agenticmemory.domain;

/// How far a memory is on its way in.
public enum Stage {
  /// It is what it will be.
  SETTLED,
  /// What was handed over, as it came: facts are yet to be made of it, which then take its place.
  PENDING,
  /// Like [#PENDING], but nobody tries any more until somebody asks for it.
  FAILED
}
