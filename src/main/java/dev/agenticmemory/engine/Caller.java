package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who asks, and whose memories it may touch.
///
/// @param user the user that is meant where an argument names none
/// @param access how far it may reach
/// @param writesAs the agent whose memories it writes where an argument names none; null for none
/// @param source the door by which it came
/// @param sharing how far shared memories reach
public record Caller(
    UserId user, Access access, @Nullable AgentId writesAs, Source source, Sharing sharing) {

  /// A caller with all rights.
  ///
  /// @param bound whether it may touch this user's memories alone
  public Caller(
      UserId user, boolean bound, @Nullable AgentId writesAs, Source source, Sharing sharing) {
    this(user, bound ? Access.of(user) : Access.FULL, writesAs, source, sharing);
  }

  /// The same caller, by another door.
  public Caller through(Source door) {
    return new Caller(user, access, writesAs, door, sharing);
  }

  /// Whether it may touch the memories of some users alone.
  public boolean bound() {
    return !access.users().isEmpty();
  }

  /// Whether it sees what any agent wrote.
  public boolean seesAllAgents() {
    return access.agents().isEmpty();
  }

  public boolean may(Right right) {
    return access.rights().contains(right);
  }

  /// Throws [Forbidden] where this caller may not do what takes that right.
  public void require(Right right) {
    if (!may(right)) {
      throw new Forbidden(
          "This token lacks the right \"%s\"".formatted(right.word()),
          "Use a token that has it; whoever runs this server can make one.");
    }
  }

  /// Throws [Forbidden] where this caller is bound to some agents, for what cannot be told apart by
  /// agents.
  void requireAllAgents(String what) {
    if (!seesAllAgents()) {
      throw new Forbidden(
          what + " concerns all agents of the user, and this token is bound to " + access.agents(),
          "Name a run and one of these agents, or use a token that is bound to no agent.");
    }
  }

  /// The user that an argument names, or this caller's own.
  public UserId user(@Nullable UserId argument) {
    if (argument == null) {
      return user;
    }
    if (!mayAsk(argument)) {
      throw new Forbidden(
          "user_id \"%s\" is not the user \"%s\" that this server is bound to"
              .formatted(argument, user),
          "Leave user_id out.");
    }
    return argument;
  }

  /// The agent whose memories are asked for; null for all agents.
  public @Nullable AgentId agent(@Nullable AgentId argument) {
    if (seesAllAgents()) {
      return argument;
    }
    AgentId agent =
        argument == null && access.agents().size() == 1
            ? access.agents().iterator().next()
            : argument;
    if (agent == null || !access.agents().contains(agent)) {
      throw new Forbidden(
          agent == null
              ? "agent_id is missing"
              : "agent_id \"%s\" is not an agent that this token is bound to".formatted(agent),
          "Pass one of these as agent_id: " + access.agents() + ".");
    }
    return agent;
  }

  /// The agent of a memory to write.
  public @Nullable AgentId writer(@Nullable AgentId argument) {
    return agent(argument == null ? writesAs : argument);
  }

  /// Whether it may ask about this user.
  public boolean mayAsk(UserId other) {
    return !bound() || access.users().contains(other);
  }

  /// Whether it may change or delete what is in `scope`.
  public boolean mayChange(Scope scope) {
    return mayAsk(scope.user())
        && (seesAllAgents() || (scope.agent() != null && access.agents().contains(scope.agent())));
  }

  public boolean mayRead(Memory memory) {
    if (mayChange(memory.scope())) {
      return true;
    }
    return memory.content().shared()
        && switch (sharing) {
          case OFF -> false;
          case USER -> mayAsk(memory.scope().user());
          case TEAM -> true;
        };
  }

  /// What history says who did it.
  public String actor() {
    return source.name().toLowerCase(Locale.ROOT);
  }
}
