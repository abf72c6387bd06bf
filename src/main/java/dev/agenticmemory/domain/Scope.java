package dev.agenticmemory.domain;

import org.jspecify.annotations.Nullable;

/// Where exactly one memory belongs.
///
/// @param user whose it is; no question crosses users
/// @param agent which agent of the user wrote it; null where none was named
/// @param run the run of a short-term memory; null makes it long-term
public record Scope(UserId user, @Nullable AgentId agent, @Nullable RunId run) {

  public static Scope of(UserId user) {
    return new Scope(user, null, null);
  }

  public Tier tier() {
    return run == null ? Tier.LONG_TERM : Tier.SHORT_TERM;
  }

  @Override
  public String toString() {
    StringBuilder words = new StringBuilder("user ").append(user);
    if (agent != null) {
      words.append(", agent ").append(agent);
    }
    if (run != null) {
      words.append(", run ").append(run);
    }
    return words.toString();
  }
}
