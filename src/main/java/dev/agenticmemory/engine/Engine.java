package dev.agenticmemory.engine;

import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.store.MemoryStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// All use cases on one store.
///
/// @param inspect what is there to be looked at: counts, users, runs
/// @param languages whether the embedding model reads what is stored
/// @param ingests what waits for a language model
/// @param reports what the jobs did
/// @param queue does what waits; null where no language model is configured
public record Engine(
    AddMemory addMemory,
    SearchMemories searchMemories,
    ListMemories listMemories,
    OneMemory oneMemory,
    DeleteMemories deleteMemories,
    Inspect inspect,
    Languages languages,
    Ingests ingests,
    Reports reports,
    Writer writer,
    @Nullable IngestQueue queue) {

  /// Without a language model, and with nothing done after ranking.
  public static Engine of(MemoryStore store, Embedder embedder, Clock clock) {
    return of(store, embedder, Refinement.NONE, null, () -> {}, clock);
  }

  /// All use cases.
  ///
  /// @param inference null where no language model is configured
  /// @param signal told when something was put into the queue
  public static Engine of(
      MemoryStore store,
      Embedder embedder,
      Refinement refinement,
      @Nullable Inference inference,
      Runnable signal,
      Clock clock) {
    Indexer indexer = new Indexer(embedder);
    Writer writer = new Writer(store);
    RandomGenerator random = new SecureRandom();
    MemoryIds ids = new MemoryIds(clock, random);
    IngestQueue queue = null;
    Intake intake = null;
    if (inference != null) {
      Distil distil = new Distil(store, indexer, writer, ids, inference.model(), clock);
      queue = new IngestQueue(store, writer, distil, inference.callMax(), random, clock);
      intake = new Intake(store, indexer, writer, ids, queue, signal, inference.patience(), clock);
    }
    return new Engine(
        new AddMemory(store, indexer, writer, ids, clock, intake),
        new SearchMemories(store, indexer, refinement, clock),
        new ListMemories(store, clock),
        new OneMemory(store, indexer, writer, clock),
        new DeleteMemories(store, writer, clock),
        new Inspect(store, clock),
        new Languages(store, indexer, clock),
        new Ingests(store, writer, signal, queue != null, clock),
        new Reports(store),
        writer,
        queue);
  }
}
