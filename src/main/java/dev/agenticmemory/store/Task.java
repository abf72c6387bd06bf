package dev.agenticmemory.store;

import dev.agenticmemory.domain.MemoryId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Work that must not be forgotten, done by whichever process claims it: an ingest that waits for
/// its model, a scheduled job.
///
/// @param id unique over all kinds
/// @param kind what kind of work, such as `ingest`
/// @param memory the memory whose end is also the task's; null where there is none
/// @param due from when on it may be claimed
/// @param attempts how often it was claimed so far
/// @param payload what the work is about, by convention JSON
public record Task(
    String id, String kind, @Nullable MemoryId memory, Instant due, int attempts, String payload) {}
