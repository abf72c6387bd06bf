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
import dev.agenticmemory.text.Words;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the memory that says the same as a new text, without a language model.
///
/// Careful on purpose: a wrong "known already" loses something, a missed one only repeats it. So
/// the two must have the very same words, apart from their order, their endings and articles; and
/// nearly the same vector, which `dog bites man` and `man bites dog` do not have where the model is
/// any good.
final class NearDuplicates {

  /// Below this cosine two texts of the same words say different things.
  private static final double COSINE_MIN = 0.95;

  private static final int CANDIDATES = 5;

  private final MemoryStore store;

  NearDuplicates(MemoryStore store) {
    this.store = store;
  }

  /// The memory of exactly this scope that says the same.
  Optional<Memory> find(Scope scope, String text, Features features, Instant now) {
    if (features.passages().size() > 1 || Words.whole(text).isEmpty()) {
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
    List<Candidate> near =
        store.candidates(selection, query).found().stream()
            .filter(candidate -> candidate.cosine() >= COSINE_MIN)
            .toList();
    Set<String> words = new HashSet<>(Words.whole(text));
    return store.load(near).stream()
        .filter(memory -> memory.scope().equals(scope))
        .filter(memory -> words.equals(new HashSet<>(Words.whole(memory.text()))))
        .findFirst();
  }
}
