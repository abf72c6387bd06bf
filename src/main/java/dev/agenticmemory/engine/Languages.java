package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import java.time.Clock;
import java.util.List;

/// Whether the embedding model reads what is stored.
public final class Languages {

  /// How many of the newest memories are looked at; more would tell the same.
  private static final int SAMPLE = 500;

  /// What was found in a sample.
  ///
  /// @param looked how many memories were looked at
  /// @param unread how many of these the model does not read; only their words are compared
  public record Fit(int looked, int unread) {

    /// The share that the model does not read, in [0, 1].
    public double unreadShare() {
      return looked == 0 ? 0 : (double) unread / looked;
    }
  }

  private final MemoryStore store;
  private final Indexer indexer;
  private final Clock clock;

  Languages(MemoryStore store, Indexer indexer, Clock clock) {
    this.store = store;
    this.indexer = indexer;
    this.clock = clock;
  }

  /// Looks at the newest memories of the caller's user.
  public Fit fit(Caller caller) {
    Selection selection =
        new Selection(
            caller.user(),
            null,
            new Selection.Runs.All(),
            caller.sharing(),
            new Selection.Moment.Live(clock.instant()),
            Filter.ALL);
    List<Memory> sample = store.list(selection, new Window(null, 0, SAMPLE));
    long unread = sample.stream().filter(memory -> !indexer.reads(memory.text())).count();
    return new Fit(sample.size(), (int) unread);
  }
}
