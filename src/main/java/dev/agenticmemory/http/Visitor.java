package dev.agenticmemory.http;

import dev.agenticmemory.engine.Caller;

/// Who came through the door, and how much that caller may ask for.
///
/// @param requestsPerMinute 0 for no limit
/// @param bodyBytesMax longest body of a request
record Visitor(Caller caller, int requestsPerMinute, int bodyBytesMax) {}
