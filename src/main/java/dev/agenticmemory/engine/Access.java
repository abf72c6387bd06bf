package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import java.util.EnumSet;
import java.util.Set;

/// How far somebody may reach.
///
/// @param users whose memories; empty for everybody's
/// @param agents which agents' memories, and what is shared; empty for all agents
/// @param rights what may be done with them
public record Access(Set<UserId> users, Set<AgentId> agents, Set<Right> rights) {

  /// Everything of everybody.
  public static final Access FULL = new Access(Set.of(), Set.of(), EnumSet.allOf(Right.class));

  public Access {
    users = Set.copyOf(users);
    agents = Set.copyOf(agents);
    rights = Set.copyOf(rights);
  }

  /// Everything of one user.
  public static Access of(UserId user) {
    return new Access(Set.of(user), Set.of(), EnumSet.allOf(Right.class));
  }
}
