package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import java.util.EnumSet;
import java.util.Set;

/// How far somebody may reach.
///
/// @param holder who has it, for logs and limits: the name of a token, or [#ANYBODY]
/// @param users whose memories; empty for everybody's
/// @param agents which agents' memories, and what is shared; empty for all agents
/// @param rights what may be done with them
public record Access(String holder, Set<UserId> users, Set<AgentId> agents, Set<Right> rights) {

  /// Whoever comes where no token is asked for.
  public static final String ANYBODY = "anybody";

  /// Everything of everybody.
  public static final Access FULL =
      new Access(ANYBODY, Set.of(), Set.of(), EnumSet.allOf(Right.class));

  /// Nothing of anybody: who came where nobody is asked who he is.
  public static final Access NONE = new Access(ANYBODY, Set.of(), Set.of(), Set.of());

  public Access {
    users = Set.copyOf(users);
    agents = Set.copyOf(agents);
    rights = Set.copyOf(rights);
  }

  /// Everything of one user.
  public static Access of(UserId user) {
    return new Access(ANYBODY, Set.of(user), Set.of(), EnumSet.allOf(Right.class));
  }
}
