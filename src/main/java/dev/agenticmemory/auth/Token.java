package dev.agenticmemory.auth;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is kept of a token: everything but itself.
///
/// @param id by which it is revoked
/// @param hash SHA-256 of the token, in hexadecimal. It is random enough that no slower hash is
///   needed
/// @param users whose memories; the first is meant where a call names none; empty for everybody's
/// @param agents which agents' memories; empty for all
/// @param allowance how much it may ask for
/// @param expires from when on it is refused; null for never
/// @param revoked since when it is refused; null where it is not
public record Token(
    String id,
    String name,
    String hash,
    List<UserId> users,
    List<AgentId> agents,
    Set<Right> rights,
    Allowance allowance,
    Instant created,
    @Nullable Instant expires,
    @Nullable Instant revoked) {

  public Token {
    users = List.copyOf(users);
    agents = List.copyOf(agents);
    rights = Set.copyOf(rights);
  }

  boolean livesAt(Instant now) {
    return revoked == null && (expires == null || expires.isAfter(now));
  }

  Access access() {
    return new Access(id, new LinkedHashSet<>(users), new LinkedHashSet<>(agents), rights);
  }

  Token revokedAt(Instant now) {
    return new Token(
        id,
        name,
        hash,
        users,
        agents,
        rights,
        allowance,
        created,
        expires,
        revoked == null ? now : revoked);
  }
}
