package dev.agenticmemory.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Whose turn it is to run a job: one process's at a time, whether the job is due or somebody runs
/// it by hand. A turn is a mark in the store, under a lease.
public final class Turns implements AutoCloseable {

  /// How long a run is another's before it counts as dead; prolonged while it goes on.
  static final Duration LEASE = Duration.ofMinutes(5);

  /// By how much the clocks of two processes may differ.
  private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(1);

  private static final String KIND = "job-turn";

  /// How long the end of the process waits for a run to reach a place where it can stop.
  private static final Duration END_MAX = Duration.ofSeconds(10);

  private final MemoryStore store;
  private final Clock clock;
  private final String who;
  private final Set<Turn> open = ConcurrentHashMap.newKeySet();

  /// @param who this process, for those who find a job taken
  public Turns(MemoryStore store, Clock clock, String who) {
    this.store = store;
    this.clock = clock;
    this.who = who;
  }

  /// How it ended to ask for a turn.
  sealed interface Claim {
    /// It is this process's, in the thread that asked.
    record Held(Turn turn) implements Claim {}

    /// It is another's.
    record Taken(Holder by) implements Claim {}
  }

  /// Whose turn it is.
  ///
  /// @param who a process, as it names itself
  /// @param until when its turn is over unless it prolongs that
  record Holder(String who, Instant until) {

    /// A turn whose end is further away than any turn is long was claimed by a clock that was
    /// wrong.
    boolean isOver(Instant now) {
      return !until.isAfter(now) || until.isAfter(now.plus(LEASE).plus(CLOCKS_APART_MAX));
    }
  }

  /// Asks for the turn of a job.
  Claim claim(Job job) {
    while (true) {
      Optional<Mark> before = store.mark(name(job));
      Optional<Holder> other =
          before.flatMap(Turns::holder).filter(holder -> !holder.isOver(clock.instant()));
      if (other.isPresent()) {
        return new Claim.Taken(other.get());
      }
      Mark mine = mark(job, UUID.randomUUID().toString());
      if (store.apply(List.of(mine.inPlaceOf(before))) instanceof Outcome.Applied) {
        Turn turn = new Turn(this, job, mine);
        open.add(turn);
        return new Claim.Held(turn);
      }
    }
  }

  MemoryStore store() {
    return store;
  }

  Clock clock() {
    return clock;
  }

  void ended(Turn turn) {
    open.remove(turn);
  }

  /// The mark of a turn that is this process's from now on.
  ///
  /// @param token tells this turn from every other
  Mark mark(Job job, String token) {
    Instant now = clock.instant();
    String value =
        Json.print(
            Json.object()
                .put("who", who)
                .put("until", now.plus(LEASE).toString())
                .put("token", token));
    return new Mark(name(job), value, now);
  }

  /// The mark of a turn that is nobody's.
  Mark free(Job job) {
    return new Mark(name(job), Json.print(Json.object()), clock.instant());
  }

  private static Mark.Name name(Job job) {
    return new Mark.Name(KIND, null, job.word());
  }

  private static Optional<Holder> holder(Mark mark) {
    JsonNode value = Json.parseOwn(mark.value());
    return value.has("until")
        ? Optional.of(
            new Holder(value.path("who").asText(), Instant.parse(value.path("until").asText())))
        : Optional.empty();
  }

  /// Ends the runs that are under way at their next safe place, and gives their turns up.
  @Override
  public void close() {
    open.forEach(Turn::interrupt);
    try {
      for (Turn turn : open) {
        turn.awaitEnd(END_MAX);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
