package dev.agenticmemory.store.s3vectors;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything in the store beside, with the vectors.
final class S3VectorsContents implements Contents {

  private final Contents beside;
  private final Vectors vectors;
  private final Runnable claim;

  /// @param claim tells the index whose it is, after the key has changed
  S3VectorsContents(Contents beside, Vectors vectors, Runnable claim) {
    this.beside = beside;
    this.vectors = vectors;
    this.claim = claim;
  }

  @Override
  public StoreKey key() {
    return beside.key();
  }

  @Override
  public List<Dossier> dossiers(@Nullable UserId user, @Nullable MemoryId after, int limit) {
    return beside.dossiers(user, after, limit).stream().map(vectors::whole).toList();
  }

  @Override
  public List<Mark> marks(@Nullable UserId user, Mark.@Nullable Name after, int limit) {
    vectors.settleAll();
    return beside.marks(user, after, limit);
  }

  @Override
  public List<Task> tasks(@Nullable UserId user, @Nullable String after, int limit) {
    return beside.tasks(user, after, limit);
  }

  @Override
  public List<Seal> seals(@Nullable UserId user, @Nullable Seal after, int limit) {
    return beside.seals(user, after, limit);
  }

  @Override
  public void adopt(StoreKey key) {
    vectors.settleAll();
    beside.adopt(key);
    claim.run();
  }

  @Override
  public void restore(
      List<Dossier> dossiers, List<Mark> marks, List<Task> tasks, List<Seal> seals) {
    List<Dossier> thin = dossiers.stream().map(S3VectorsContents::thin).toList();
    var _ =
        vectors.around(
            vectors.plan(dossiers),
            () -> {
              beside.restore(thin, marks, tasks, seals);
              return dossiers.size();
            });
  }

  private static Dossier thin(Dossier dossier) {
    List<Dossier.State> states =
        dossier.states().stream()
            .map(state ->
                new Dossier.State(
                    state.memory(),
                    S3VectorsStore.thin(state.features()),
                    state.from(),
                    state.until()))
            .toList();
    return new Dossier(dossier.id(), dossier.scope(), states, dossier.history());
  }
}
