package dev.agenticmemory.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Task;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Brings everything of one store into another: memories with earlier texts and history, marks,
/// tasks, and the seals of deleted texts. The source is only read.
///
/// Where it has got to is kept in the target, in the same write as what it brought, so it goes on
/// there after any interruption. At the end both stores are read side by side: what is not the same
/// is brought again, so that writes to the source during the move come along too.
public final class Migration {

  private static final int PAGE = 200;

  /// How many memories are looked for in the target at the end, by their words and their meaning.
  private static final int SEARCHES = 20;

  /// Among so many candidates each must be.
  private static final int HITS = 50;

  private static final String MARK = "migration";

  private final MemoryStore from;
  private final MemoryStore to;
  private final Indexer indexer;
  private final Extent extent;
  private final Clock clock;

  /// What is moved.
  ///
  /// @param user only this user's; null for all
  /// @param agent only this agent's memories, without marks; null for all
  public record Extent(@Nullable UserId user, @Nullable AgentId agent) {
    boolean covers(Dossier dossier) {
      return agent == null || agent.equals(dossier.scope().agent());
    }
  }

  /// @param indexer makes vectors of the target's model, where that is another
  public Migration(MemoryStore from, MemoryStore to, Indexer indexer, Extent extent, Clock clock) {
    this.from = from;
    this.to = to;
    this.indexer = indexer;
    this.extent = extent;
    this.clock = clock;
  }

  /// How a move went.
  ///
  /// @param memories in the source, erased ones and their history included
  /// @param copied brought by this run
  /// @param different still not the same at the end, which is only so where the source is written
  ///   to all the time
  /// @param rest marks, tasks and seals that were brought
  /// @param searches for memories of the source in the target
  /// @param found how many of these found theirs
  public record Report(
      long memories, long copied, long different, long rest, int searches, int found) {

    public boolean verified() {
      return different == 0 && found == searches;
    }
  }

  /// How many memories there are to move.
  public long count() {
    return from.contents().count(extent.user(), extent.agent());
  }

  /// Moves everything.
  ///
  /// @param progress told how many memories were brought, by earlier runs too
  public Report run(LongConsumer progress) {
    to.contents().adopt(from.key());
    long copied = copy(progress);
    long rest = extent.agent() == null ? copyMarks() + copyTasks() + copySeals() : 0;
    // What was written to the source meanwhile, and what an earlier run could not bring.
    Differences late = new Differences();
    late.forEach(page -> restore(page, List.of()));
    Differences left = late.found == 0 ? late : new Differences();
    if (left != late) {
      left.forEach(_ -> {});
    }
    List<Memory> samples = late.samples;
    int found = (int) samples.stream().filter(this::isFound).count();
    return new Report(
        late.all, copied + late.found, left == late ? 0 : left.found, rest, samples.size(), found);
  }

  private long copy(LongConsumer progress) {
    Place place = resumed();
    long before = place.copied();
    while (true) {
      List<Dossier> page = from.contents().dossiers(extent.user(), place.after(), PAGE);
      if (page.isEmpty()) {
        return place.copied() - before;
      }
      List<Dossier> wanted = page.stream().filter(extent::covers).toList();
      place = new Place(page.getLast().id(), place.copied() + wanted.size());
      restore(wanted, List.of(mark(place)));
      progress.accept(place.copied());
    }
  }

  private void restore(List<Dossier> dossiers, List<Mark> marks) {
    to.contents().restore(prepared(dossiers), marks, List.of(), List.of());
  }

  /// As the target keeps them: with vectors of its own model.
  private List<Dossier> prepared(List<Dossier> dossiers) {
    if (from.space().equals(to.space())) {
      return dossiers;
    }
    List<String> texts =
        dossiers.stream()
            .flatMap(dossier -> dossier.states().stream())
            .map(state -> state.memory().text())
            .toList();
    if (texts.isEmpty()) {
      return dossiers;
    }
    Iterator<Features> features = indexer.features(texts).iterator();
    return dossiers.stream()
        .map(dossier ->
            new Dossier(
                dossier.id(),
                dossier.scope(),
                dossier.states().stream()
                    .map(s -> new Dossier.State(s.memory(), features.next(), s.from(), s.until()))
                    .toList(),
                dossier.history()))
        .toList();
  }

  // Where it has got to.

  /// @param after the last memory that was brought; null for none
  /// @param copied how many were brought up to there
  private record Place(@Nullable MemoryId after, long copied) {
    static final Place START = new Place(null, 0);
  }

  private Mark.Name name() {
    // The source's key tells it from every other store.
    String source =
        from.key().hash(MARK, String.valueOf(extent.user()), String.valueOf(extent.agent()));
    return new Mark.Name(MARK, null, source);
  }

  private Mark mark(Place place) {
    ObjectNode value = Json.object().put("after", String.valueOf(place.after()));
    return new Mark(name(), Json.print(value.put("copied", place.copied())), clock.instant());
  }

  private Place resumed() {
    Optional<JsonNode> value = to.mark(name()).map(mark -> Json.parseOwn(mark.value()));
    return value.map(Migration::place).orElse(Place.START);
  }

  private static Place place(JsonNode node) {
    return new Place(MemoryId.parse(node.path("after").asText()), node.path("copied").asLong());
  }

  private long copyMarks() {
    long copied = 0;
    Mark.Name after = null;
    while (true) {
      List<Mark> page = from.contents().marks(extent.user(), after, PAGE);
      if (page.isEmpty()) {
        return copied;
      }
      after = page.getLast().name();
      List<Mark> wanted = page.stream().filter(mark -> !mark.name().kind().equals(MARK)).toList();
      to.contents().restore(List.of(), wanted, List.of(), List.of());
      copied += wanted.size();
    }
  }

  private long copyTasks() {
    long copied = 0;
    String after = null;
    while (true) {
      List<Task> page = from.contents().tasks(extent.user(), after, PAGE);
      if (page.isEmpty()) {
        return copied;
      }
      after = page.getLast().id();
      to.contents().restore(List.of(), List.of(), page, List.of());
      copied += page.size();
    }
  }

  private long copySeals() {
    long copied = 0;
    Seal after = null;
    while (true) {
      List<Seal> page = from.contents().seals(extent.user(), after, PAGE);
      if (page.isEmpty()) {
        return copied;
      }
      after = page.getLast();
      to.contents().restore(List.of(), List.of(), List.of(), page);
      copied += page.size();
    }
  }

  /// The memories of the source that are not so in the target, found by reading both side by side.
  private final class Differences {

    private final Random random = new Random(SEARCHES);
    private final List<Memory> samples = new ArrayList<>();
    private final Iterator<Dossier> theirs = all(to.contents());
    private @Nullable Dossier their = next(theirs);
    private long all;
    private long found;

    /// Hands them on, page by page.
    void forEach(Consumer<List<Dossier>> action) {
      List<Dossier> page = new ArrayList<>();
      for (Iterator<Dossier> ours = all(from.contents()); ours.hasNext(); ) {
        Dossier our = ours.next();
        sample(our);
        if (!stands(our)) {
          page.add(our);
          found++;
        }
        if (page.size() == PAGE || (!ours.hasNext() && !page.isEmpty())) {
          action.accept(List.copyOf(page));
          page.clear();
        }
      }
    }

    private boolean stands(Dossier our) {
      while (their != null && their.id().compareTo(our.id()) < 0) {
        their = next(theirs); // The target's own.
      }
      return their != null && same(our, their);
    }

    /// Each live memory becomes one of the samples with the same chance.
    private void sample(Dossier dossier) {
      all++;
      for (Dossier.State state : dossier.states()) {
        if (state.until() == null && !state.memory().times().expiredAt(clock.instant())) {
          if (samples.size() < SEARCHES) {
            samples.add(state.memory());
          } else if (random.nextLong(all) < SEARCHES) {
            samples.set(random.nextInt(SEARCHES), state.memory());
          }
        }
      }
    }
  }

  private boolean same(Dossier one, Dossier other) {
    return from.space().equals(to.space())
        ? one.equals(other)
        : withoutVectors(one).equals(withoutVectors(other));
  }

  private static Object withoutVectors(Dossier dossier) {
    record State(Memory memory, List<String> terms, Object from, @Nullable Object until) {}
    record Plain(Object id, Object scope, List<State> states, Object history) {}
    return new Plain(
        dossier.id(),
        dossier.scope(),
        dossier.states().stream()
            .map(s -> new State(s.memory(), s.features().terms(), s.from(), s.until()))
            .toList(),
        dossier.history());
  }

  private Iterator<Dossier> all(Contents contents) {
    return Stream.iterate(
            contents.dossiers(extent.user(), null, PAGE),
            page -> !page.isEmpty(),
            page -> contents.dossiers(extent.user(), page.getLast().id(), PAGE))
        .flatMap(List::stream)
        .filter(extent::covers)
        .iterator();
  }

  private static @Nullable Dossier next(Iterator<Dossier> dossiers) {
    return dossiers.hasNext() ? dossiers.next() : null;
  }

  private boolean isFound(Memory sample) {
    Features features = indexer.features(sample.text());
    Query query = new Query(null, features.terms().stream().distinct().toList(), HITS);
    Query meaning = new Query(features.passages().getFirst(), List.of(), HITS);
    return finds(to, sample, features.terms().isEmpty() ? meaning : query)
        && finds(to, sample, meaning);
  }

  private boolean finds(MemoryStore store, Memory sample, Query query) {
    Selection selection =
        new Selection(
            sample.scope().user(),
            null,
            sample.scope().run() == null
                ? new Selection.Runs.LongTerm()
                : new Selection.Runs.Only(sample.scope().run()),
            Sharing.OFF,
            new Selection.Moment.Live(clock.instant()),
            Filter.ALL);
    return store.candidates(selection, query).found().stream()
        .anyMatch(candidate -> candidate.id().equals(sample.id()));
  }
}
