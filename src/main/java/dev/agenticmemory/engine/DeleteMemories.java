package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.MemoryStore;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/// Removes all memories of a run or of a user, for good.
public final class DeleteMemories {

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

  /// Returns how many memories there were; with `dryRun`, how many there are.
  public long byUser(Caller caller, UserId user, boolean dryRun) {
    caller.requireAllAgents("Forgetting a user");
    return delete(caller, new Extent(caller.user(user), null, null), dryRun);
  }

  private long delete(Caller caller, Extent extent, boolean dryRun) {
    caller.require(Right.DELETE);
    return dryRun ? store.count(extent) : writer.erase(extent, clock.instant(), caller.actor());
  }
}
