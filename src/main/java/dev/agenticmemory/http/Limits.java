package dev.agenticmemory.http;

/// What one caller may ask for.
///
/// @param requestsPerMinute over some seconds on average; 0 for no limit
/// @param bodyBytesMax longest body of a request
public record Limits(int requestsPerMinute, int bodyBytesMax) {}
