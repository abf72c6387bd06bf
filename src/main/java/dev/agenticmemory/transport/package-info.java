/// Bytes to messages and back: how clients reach [dev.agenticmemory.mcp.Dispatcher].
@NullMarked
package dev.agenticmemory.transport;

import org.jspecify.annotations.NullMarked;
