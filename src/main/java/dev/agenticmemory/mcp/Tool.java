package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Arguments;

/// What a call of one tool does. Its definition is in `resources/mcp/tools/<name>.json`.
interface Tool {

  /// Does what was asked and returns the structured answer, which fits the tool's output schema.
  ///
  /// Throws a `MemoryException` where the caller can do something about it; nothing has changed
  /// then.
  ObjectNode call(Caller caller, Arguments arguments);
}
