package dev.agenticmemory.engine;

import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.store.MemoryStore;
import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// What is done by itself: the jobs, and what they did.
public record Lifecycle(Digest digest, Sync sync, Dream dream, Reports reports) {

  /// What the model is shown for one of a batch of statements, and for the batch.
  static final Judgement.Limits RELATED = Judgement.Limits.related(3, 60);

  /// What says nearly the same: from here on two memories may be one.
  static final Judgement.Limits ALIKE = new Judgement.Limits(0.8, 0.8, 3, 60);

  /// What the jobs are told.
  ///
  /// @param user whose the agents' files are
  /// @param archiveAfterDays how old a short-term memory is when it is weighed for long-term memory
  public record Settings(UserId user, int archiveAfterDays) {}

  /// All jobs on one store.
  ///
  /// @param writer the one of the other use cases, so that who follows them learns of it
  /// @param model null where none is configured
  public static Lifecycle of(
      MemoryStore store,
      Embedder embedder,
      Writer writer,
      @Nullable LanguageModel model,
      Workspaces workspaces,
      Settings settings,
      Clock clock) {
    Indexer indexer = new Indexer(embedder);
    MemoryIds ids = new MemoryIds(clock, new SecureRandom());
    Parts parts = new Parts(store, indexer, writer, ids, clock);
    Judgement judgement = new Judgement(store, model, RELATED);
    Digest digest = new Digest(parts, workspaces, settings.user());
    return new Lifecycle(
        digest,
        new Sync(parts, judgement, workspaces, settings.user()),
        new Dream(parts, model, digest, settings),
        new Reports(store));
  }
}
