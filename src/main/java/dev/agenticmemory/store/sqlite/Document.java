package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.store.Candidate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One state of a memory as the index in memory keeps it: everything that a selection or a score
/// asks for, and not the text.
///
/// @param rid its row
/// @param expires milliseconds since 1970, or [Long#MAX_VALUE] for never
/// @param strand what its neighbours share with it; null where it stands alone
/// @param nature what scores take from it whatever the query
record Document(
    long rid,
    MemoryId id,
    long version,
    Scope scope,
    boolean shared,
    Metadata metadata,
    Instant created,
    long expires,
    @Nullable Strand strand,
    Candidate.Nature nature) {

  /// What neighbours have in common.
  sealed interface Strand {
    record Run(Scope scope) implements Strand {}

    record Conversation(String id) implements Strand {}
  }
}
