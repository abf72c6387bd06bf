package dev.agenticmemory.domain;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where a memory came from.
///
/// @param source the door by which it came in
/// @param author who said it
/// @param conversation the exchange that it is one turn of, so that its neighbours are known; null
///   where it stands alone or where its run says so
public record Origin(Source source, Author author, @Nullable UUID conversation) {}
