package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Sameness;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds the memory that says the same as a new text, without a language model.
///
/// Careful on purpose: a wrong "known already" loses something, a missed one only repeats it. So
/// the two must say the same for certain; see [Sameness]. The vectors only find the memories to
/// compare, however near they are: of a text of two words, a full stop moves the vector far.
final class NearDuplicates {

  private static final int CANDIDATES = 5;

  private final MemoryStore store;

  NearDuplicates(MemoryStore store) {
    this.store = store;
  }

  /// The memory of exactly this scope that says the same.
  Optional<Memory> find(Scope scope, String text, Features features, Instant now) {
    return find(scope, text, features, _ -> true, now);
  }

  /// The one of these memories of exactly this scope that says the same.
  Optional<Memory> find(
      Scope scope, String text, Features features, Predicate<Memory> among, Instant now) {
    String key = Sameness.key(text);
    if (features.passages().size() > 1 || key.isEmpty()) {
      return Optional.empty();
    }
    Selection selection =
        new Selection(
            scope.user(),
            scope.agent(),
            scope.run() == null
                ? new Selection.Runs.LongTerm()
                : new Selection.Runs.Only(scope.run()),
            Sharing.OFF,
            new Selection.Moment.Live(now),
            Filter.ALL);
    Query query = new Query(features.passages().getFirst(), List.of(), CANDIDATES);
    List<Candidate> near = store.candidates(selection, query).found();
    return store.load(near).stream()
        .filter(memory -> memory.scope().equals(scope))
        .filter(among)
        .filter(memory -> key.equals(Sameness.key(memory.text())))
        .findFirst();
  }
}
