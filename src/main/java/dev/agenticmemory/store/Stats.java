package dev.agenticmemory.store;

/// How much is kept.
///
/// @param longTerm live memories without a run
/// @param shortTerm live memories with a run
/// @param users users who have live memories
public record Stats(long longTerm, long shortTerm, long users) {}
