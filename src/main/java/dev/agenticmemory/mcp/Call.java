package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import java.util.function.Consumer;

/// One request that is being answered.
///
/// @param modern whether it is of the newer era, in which it stands for itself
/// @param params as the client sent them, `_meta` included
/// @param client takes messages that belong to this request, until it is answered
public record Call(
    Session session, boolean modern, ObjectNode params, Consumer<ObjectNode> client) {

  public Caller caller() {
    return session.caller();
  }

  /// A member of `_meta`; a missing node where it is not there.
  public JsonNode meta(String name) {
    return params.path("_meta").path(name);
  }
}
