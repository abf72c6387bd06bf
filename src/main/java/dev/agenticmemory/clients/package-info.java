/// The programs that start MCP servers, and their configuration files: read, edited without
/// touching anything else in them, and edited back.
@NullMarked
package dev.agenticmemory.clients;

import org.jspecify.annotations.NullMarked;
