package dev.agenticmemory.store.s3vectors;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Everything in the store beside, with the vectors.
final class S3VectorsContents implements Contents {

  private final Contents beside;
  private final Vectors vectors;
  private final Consumer<StoreKey> adopting;

  /// @param adopting takes another key, and tells the index whose it is
  S3VectorsContents(Contents beside, Vectors vectors, Consumer<StoreKey> adopting) {
    this.beside = beside;
    this.vectors = vectors;
    this.adopting = adopting;
  }

  @Override
  public StoreKey key() {
    return beside.key();
  }

  @Override
  public List<Dossier> dossiers(@Nullable UserId user, @Nullable MemoryId after, int limit) {
    return vectors.whole(beside.dossiers(user, after, limit));
  }

  @Override
  public long count(@Nullable UserId user, @Nullable AgentId agent) {
    return beside.count(user, agent);
  }

  @Override
  public List<Mark> marks(@Nullable UserId user, Mark.@Nullable Name after, int limit) {
    Mark.Name from = after;
    while (true) {
      List<Mark> page = beside.marks(user, from, limit);
      List<Mark> others = page.stream().filter(mark -> !Vectors.isOwn(mark)).toList();
      if (page.isEmpty() || !others.isEmpty()) {
        return others;
      }
      from = page.getLast().name();
    }
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
    adopting.accept(key);
  }

  @Override
  public void restore(
      List<Dossier> dossiers, List<Mark> marks, List<Task> tasks, List<Seal> seals) {
    List<Dossier> thin = dossiers.stream().map(S3VectorsContents::thin).toList();
    var _ =
        vectors.around(
            Vectors.addedBy(dossiers),
            () -> vectors.touched(dossiers),
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
