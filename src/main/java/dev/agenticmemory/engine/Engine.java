package dev.agenticmemory.engine;

import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.store.MemoryStore;
import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// All use cases on one store.
///
/// @param inspect what is there to be looked at: counts, users, runs
/// @param languages whether the embedding model reads what is stored
public record Engine(
    AddMemory addMemory,
    SearchMemories searchMemories,
    ListMemories listMemories,
    OneMemory oneMemory,
    DeleteMemories deleteMemories,
    Inspect inspect,
    Languages languages,
    Writer writer) {

  /// Without a reranker.
  public static Engine of(MemoryStore store, Embedder embedder, Clock clock) {
    return of(store, embedder, null, clock);
  }

  /// With a reranker, or null for none.
  public static Engine of(
      MemoryStore store, Embedder embedder, @Nullable Reranker reranker, Clock clock) {
    Indexer indexer = new Indexer(embedder);
    Writer writer = new Writer(store);
    MemoryIds ids = new MemoryIds(clock, new SecureRandom());
    return new Engine(
        new AddMemory(store, indexer, writer, ids, clock),
        new SearchMemories(store, indexer, reranker, clock),
        new ListMemories(store, clock),
        new OneMemory(store, indexer, writer, clock),
        new DeleteMemories(store, writer, clock),
        new Inspect(store, clock),
        new Languages(store, indexer, clock),
        writer);
  }
}
