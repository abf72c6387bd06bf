package dev.agenticmemory.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One thing that happened to one memory.
///
/// @param memory which memory
/// @param event what happened
/// @param oldText its text before; null where there was none, or where it was erased
/// @param newText its text after; null where there is none, or where it was erased
/// @param at when
/// @param actor who did it: a door (`tool`, `api`, `dream`…) or the name of a client
/// @param reason why, in a few words
/// @param related the memory that it was merged into or is known by, where there is one
public record HistoryEntry(
    MemoryId memory,
    Event event,
    @Nullable String oldText,
    @Nullable String newText,
    Instant at,
    String actor,
    String reason,
    @Nullable MemoryId related) {}
