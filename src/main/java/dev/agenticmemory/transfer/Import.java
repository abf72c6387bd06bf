package dev.agenticmemory.transfer;

import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.json.DossierJson.State;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// Brings memories from a file into the store, with the ids, times and history that they had. The
/// same file again changes nothing.
public final class Import {

  /// How many memories are embedded and stored together.
  private static final int BATCH = 64;

  private final MemoryStore store;
  private final Indexer indexer;

  public Import(MemoryStore store, Indexer indexer) {
    this.store = store;
    this.indexer = indexer;
  }

  /// What became of the memories of a file.
  ///
  /// @param added not there before
  /// @param unchanged there already, exactly so
  /// @param known left out, since a memory of the same scope says the same
  /// @param kept there with another history, which was kept, deletions included
  /// @param replaced there with another history, which the file's replaced
  public record Report(long added, long unchanged, long known, long kept, long replaced) {
    static final Report NOTHING = new Report(0, 0, 0, 0, 0);

    public long all() {
      return added + unchanged + known + kept + replaced;
    }
  }

  /// Takes all of them in.
  ///
  /// @param replace whether the file wins over what the store knows of the same id
  /// @param progress told how many are done
  public Report take(Stream<Kept> all, boolean replace, Instant now, LongConsumer progress) {
    Report report = Report.NOTHING;
    Iterator<Kept> iterator = all.iterator();
    List<Kept> batch = new ArrayList<>();
    Set<Said> said = new HashSet<>();
    while (iterator.hasNext()) {
      Kept kept = iterator.next();
      Verdict verdict = verdict(kept, replace, now);
      if (verdict == Verdict.ADD && !said.addAll(said(kept))) {
        verdict = Verdict.KNOWN;
      }
      report = counted(report, verdict);
      if (verdict == Verdict.ADD || verdict == Verdict.REPLACE) {
        batch.add(kept);
      }
      if (batch.size() == BATCH || !iterator.hasNext()) {
        restore(batch);
        batch.clear();
        said.clear(); // From here on the store knows them.
        progress.accept(report.all());
      }
    }
    return report;
  }

  /// What a memory says, and where.
  private record Said(Scope scope, TextHash hash) {}

  private static List<Said> said(Kept kept) {
    return live(kept)
        .map(memory -> List.of(new Said(kept.scope(), memory.content().hash())))
        // One that says nothing any more is never said twice.
        .orElseGet(() -> List.of(new Said(kept.scope(), TextHash.of(kept.id().toString()))));
  }

  private static Optional<Memory> live(Kept kept) {
    return kept.states().stream().filter(s -> s.until() == null).map(State::memory).findFirst();
  }

  private enum Verdict {
    ADD,
    UNCHANGED,
    KNOWN,
    KEEP,
    REPLACE
  }

  private Verdict verdict(Kept kept, boolean replace, Instant now) {
    List<HistoryEntry> history = store.history(kept.id());
    if (!history.isEmpty()) {
      if (!store.owner(kept.id()).equals(Optional.of(kept.scope()))) {
        return Verdict.KEEP; // An id that is somebody else's is never touched.
      }
      if (history.equals(kept.history())) {
        return Verdict.UNCHANGED;
      }
      return replace ? Verdict.REPLACE : Verdict.KEEP;
    }
    Optional<MemoryId> same =
        live(kept).flatMap(memory -> store.findSame(kept.scope(), memory.content().hash(), now));
    return same.isPresent() ? Verdict.KNOWN : Verdict.ADD;
  }

  private static Report counted(Report r, Verdict verdict) {
    return switch (verdict) {
      case ADD -> new Report(r.added + 1, r.unchanged, r.known, r.kept, r.replaced);
      case UNCHANGED -> new Report(r.added, r.unchanged + 1, r.known, r.kept, r.replaced);
      case KNOWN -> new Report(r.added, r.unchanged, r.known + 1, r.kept, r.replaced);
      case KEEP -> new Report(r.added, r.unchanged, r.known, r.kept + 1, r.replaced);
      case REPLACE -> new Report(r.added, r.unchanged, r.known, r.kept, r.replaced + 1);
    };
  }

  /// What waited for a model elsewhere has no task here, so it waits no more.
  private static Memory settled(Memory memory) {
    Content content = memory.content().withStage(Stage.SETTLED);
    return new Memory(
        memory.id(), memory.scope(), content, memory.origin(), memory.times(), memory.version());
  }

  private void restore(List<Kept> batch) {
    if (batch.isEmpty()) {
      return;
    }
    List<String> texts =
        batch.stream().flatMap(k -> k.states().stream()).map(s -> s.memory().text()).toList();
    Iterator<Features> features = indexer.features(texts).iterator();
    List<Dossier> dossiers = new ArrayList<>();
    for (Kept kept : batch) {
      List<Dossier.State> states = new ArrayList<>();
      for (State state : kept.states()) {
        states.add(
            new Dossier.State(
                settled(state.memory()), features.next(), state.from(), state.until()));
      }
      dossiers.add(new Dossier(kept.id(), kept.scope(), states, kept.history()));
    }
    dossiers.forEach(this::remember);
    store.contents().restore(dossiers, List.of(), List.of(), List.of());
  }

  /// To import a text is to want it, also where its user deleted it once: only what is added lifts
  /// its seal, so it is added first, and then given all that it was.
  private void remember(Dossier dossier) {
    for (Dossier.State state : dossier.states()) {
      Memory memory = state.memory();
      if (state.until() == null
          && store.forgotten(memory.scope().user(), memory.content().hash())) {
        Memory first =
            new Memory(
                memory.id(), memory.scope(), memory.content(), memory.origin(), memory.times(), 1);
        HistoryEntry added =
            new HistoryEntry(
                memory.id(),
                Event.ADD,
                null,
                memory.text(),
                memory.times().created(),
                "import",
                "imported",
                null);
        var _ = store.apply(List.of(new Change.Add(first, state.features(), added)));
      }
    }
  }
}
