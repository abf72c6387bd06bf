package dev.agenticmemory.engine;

import dev.agenticmemory.store.MemoryStore;
import java.time.Clock;

/// What every job works with.
record Parts(MemoryStore store, Indexer indexer, Writer writer, MemoryIds ids, Clock clock) {}
