package dev.agenticmemory.auth;

import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Access;
import org.jspecify.annotations.Nullable;

/// Somebody whose token is good.
///
/// @param user the user that is meant where a call names none; null where the token is bound to
///   none
/// @param allowance how much that token may ask for
public record Admitted(@Nullable UserId user, Access access, Allowance allowance) {}
