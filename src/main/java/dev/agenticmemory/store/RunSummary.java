package dev.agenticmemory.store;

import dev.agenticmemory.domain.RunId;
import java.time.Instant;

/// One run of a user.
///
/// @param memories how many live memories it has
/// @param latest when the newest of them was created
public record RunSummary(RunId run, long memories, Instant latest) {}
