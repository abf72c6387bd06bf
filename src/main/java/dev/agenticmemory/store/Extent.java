package dev.agenticmemory.store;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import org.jspecify.annotations.Nullable;

/// What a bulk delete removes: all of a user, or one run of that user.
///
/// @param user whose memories
/// @param run only this run; null for all of the user
/// @param agent only this agent's part of the run; null for all agents
public record Extent(UserId user, @Nullable RunId run, @Nullable AgentId agent) {

  public boolean covers(Scope scope) {
    return user.equals(scope.user())
        && (run == null || run.equals(scope.run()))
        && (agent == null || agent.equals(scope.agent()));
  }
}
