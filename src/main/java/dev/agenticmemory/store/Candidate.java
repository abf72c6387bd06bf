package dev.agenticmemory.store;

import dev.agenticmemory.domain.MemoryId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One memory that may answer a [Query], with what its score is computed from.
///
/// @param id which memory
/// @param version which state of it; see [MemoryStore#load]
/// @param cosine of the query and the memory's best passage, in [-1, 1]; 0 where the query has no
///   embedding
/// @param counts how often each of the query's terms occurs in it, in the query's order
/// @param length how many terms it has
/// @param happened when what it tells happened
/// @param before the memory before it in the same conversation or run; null at the start
/// @param after the memory after it; null at the end
public record Candidate(
    MemoryId id,
    long version,
    double cosine,
    List<Integer> counts,
    int length,
    Instant happened,
    @Nullable MemoryId before,
    @Nullable MemoryId after) {}
