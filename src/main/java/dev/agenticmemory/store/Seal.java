package dev.agenticmemory.store;

import dev.agenticmemory.domain.UserId;

/// What remains of a text that its user deleted; see [MemoryStore#forgotten].
///
/// @param hash of user and text under the store's key, see [StoreKey]
public record Seal(UserId user, String hash) {}
