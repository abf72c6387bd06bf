package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Calls one of the tools.
public interface Client {

  /// The tool's structured answer. Throws a `MemoryException` where the tool could not do it.
  ObjectNode call(String tool, ObjectNode arguments);
}
