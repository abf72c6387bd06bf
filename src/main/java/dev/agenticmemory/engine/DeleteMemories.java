package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.MemoryStore;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Removes all memories of a run or of a user, for good.
public final class DeleteMemories {

  /// More users than one installation has.
  private static final int USERS_MAX = 1_000_000;

  private final MemoryStore store;
  private final Writer writer;
  private final Clock clock;

  public DeleteMemories(MemoryStore store, Writer writer, Clock clock) {
    this.store = store;
    this.writer = writer;
    this.clock = clock;
  }

  /// Returns how many memories there were; with `dryRun`, how many there are.
  ///
  /// @param agent only this agent's part of the run; null for all agents
  public long byRun(
      Caller caller, @Nullable UserId user, RunId run, @Nullable AgentId agent, boolean dryRun) {
    return delete(caller, new Extent(caller.user(user), run, caller.agent(agent)), dryRun);
  }

  /// Removes a run whose user is not named: the caller's where it is bound, else that of the one
  /// user who has such a run. Of a caller that is bound to an agent, only that agent's part counts.
  /// Throws [Conflict] where several users have such a run.
  public long byRunAlone(Caller caller, RunId run) {
    if (caller.bound()) {
      return byRun(caller, null, run, null, false);
    }
    caller.require(Right.DELETE);
    AgentId agent = caller.agent(null);
    List<Extent> extents =
        store.users("", USERS_MAX).stream()
            .map(user -> new Extent(user, run, agent))
            .filter(extent -> store.count(extent) > 0)
            .limit(2)
            .toList();
    return switch (extents.size()) {
      case 0 -> 0;
      case 1 -> delete(caller, extents.getFirst(), false);
      default ->
          throw new Conflict(
              "run_id \"%s\" is a run of several users".formatted(run),
              "Pass user_id to say whose run is to be forgotten.");
    };
  }

  /// Returns how many memories there were; with `dryRun`, how many there are.
  public long byUser(Caller caller, UserId user, boolean dryRun) {
    caller.requireAllAgents("Forgetting a user");
    caller.require(Right.DELETE);
    Extent all = new Extent(caller.user(user), null, null);
    if (dryRun) {
      return store.count(all);
    }
    CarriedLedgers ledgers = new CarriedLedgers(store, writer, all.user(), clock.instant());
    ledgers.putAside();
    long deleted = delete(caller, all, false);
    ledgers.putBack();
    return deleted;
  }

  private long delete(Caller caller, Extent extent, boolean dryRun) {
    caller.require(Right.DELETE);
    return dryRun ? store.count(extent) : writer.erase(extent, clock.instant(), caller.actor());
  }
}
