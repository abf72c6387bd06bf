package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.Stats;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is there to be looked at, beside the memories themselves.
public final class Inspect {

  /// Most users, agents or runs of one answer.
  public static final int LIMIT_MAX = 100;

  private final MemoryStore store;
  private final Clock clock;

  Inspect(MemoryStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// How much is kept: of a bound caller's user, else of everybody.
  public Stats stats(Caller caller) {
    caller.require(Right.READ);
    caller.requireAllAgents("A count");
    return store.stats(caller.bound() ? caller.user() : null, clock.instant());
  }

  /// How much is kept of everybody, for who looks after the program.
  public Stats all() {
    return store.stats(null, clock.instant());
  }

  public EmbeddingSpace space() {
    return store.space();
  }

  /// Users that the caller may ask about, whose ids start with `prefix`.
  public List<UserId> users(Caller caller, String prefix) {
    return users(caller, prefix, LIMIT_MAX);
  }

  /// At most `limit` users that the caller may ask about, whose ids start with `prefix`.
  public List<UserId> users(Caller caller, String prefix, int limit) {
    caller.require(Right.READ);
    if (!caller.bound()) {
      return store.users(prefix, limit);
    }
    return caller.access().users().stream()
        .filter(user -> user.value().startsWith(prefix))
        .sorted(Comparator.comparing(UserId::value))
        .limit(limit)
        .toList();
  }

  public List<AgentId> agents(Caller caller, @Nullable UserId user) {
    caller.require(Right.READ);
    caller.requireAllAgents("The list of agents");
    return store.agents(caller.user(user), LIMIT_MAX);
  }

  public List<RunSummary> runs(Caller caller, @Nullable UserId user) {
    return runs(caller, user, LIMIT_MAX);
  }

  /// At most `limit` runs of a user, newest first.
  public List<RunSummary> runs(Caller caller, @Nullable UserId user, int limit) {
    caller.require(Right.READ);
    caller.requireAllAgents("The list of runs");
    return store.runs(caller.user(user), limit);
  }

  /// A number that is different after every write of any process to this user's memories.
  ///
  /// @param user null for all users
  public long revision(@Nullable UserId user) {
    return store.revision(user);
  }
}
