package dev.agenticmemory.store;

import java.time.Instant;

/// The right of one process to do one task, until it runs out.
///
/// @param task as it was claimed, this attempt counted
/// @param token tells this lease from every other on the task
/// @param until when another process may claim it
public record Lease(Task task, String token, Instant until) {}
