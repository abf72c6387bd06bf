package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Who asks, and whose memories it may touch.
///
/// @param user the user that is meant where an argument names none
/// @param bound whether it may touch this user's memories alone
/// @param writesAs the agent whose memories it writes where an argument names none; null for none
/// @param source the door by which it came
/// @param sharing how far shared memories reach
public record Caller(
    UserId user, boolean bound, @Nullable AgentId writesAs, Source source, Sharing sharing) {

  /// The user that an argument names, or this caller's own.
  public UserId user(@Nullable UserId argument) {
    if (argument == null || argument.equals(user)) {
      return user;
    }
    if (bound) {
      throw new Forbidden(
          "user_id \"%s\" is not the user \"%s\" that this server is bound to"
              .formatted(argument, user),
          "Leave user_id out.");
    }
    return argument;
  }

  /// The agent of a memory to write.
  public @Nullable AgentId writer(@Nullable AgentId argument) {
    return argument == null ? writesAs : argument;
  }

  /// Whether it may ask about this user.
  public boolean mayAsk(UserId other) {
    return !bound || other.equals(user);
  }

  /// Whether it may change or delete what is in `scope`.
  public boolean mayChange(Scope scope) {
    return mayAsk(scope.user());
  }

  public boolean mayRead(Memory memory) {
    return mayChange(memory.scope()) || (sharing == Sharing.TEAM && memory.content().shared());
  }

  /// What history says who did it.
  public String actor() {
    return source.name().toLowerCase(Locale.ROOT);
  }
}
