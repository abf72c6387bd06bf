package dev.agenticmemory.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import org.jspecify.annotations.Nullable;

/// The frames of JSON-RPC 2.0.
public final class Messages {

  private Messages() {}

  public static ObjectNode result(JsonNode id, ObjectNode result) {
    ObjectNode message = frame();
    message.set("id", id);
    message.set("result", result);
    return message;
  }

  /// An answer that says what was wrong.
  ///
  /// @param id null where the request's could not be read
  public static ObjectNode error(@Nullable JsonNode id, ProtocolError error) {
    ObjectNode message = frame();
    message.set("id", id == null ? NullNode.instance : id);
    message.set("error", error.node());
    return message;
  }

  /// The id of a request that could not be read; null where it cannot be told. One that is JSON,
  /// but beyond what is read, has one: without it the client would wait for its answer.
  public static @Nullable JsonNode idOf(String text, JsonProcessingException why) {
    return why instanceof StreamConstraintsException ? Json.member(text, "id") : null;
  }

  public static ObjectNode notification(String method, ObjectNode params) {
    ObjectNode message = frame().put("method", method);
    message.set("params", params);
    return message;
  }

  private static ObjectNode frame() {
    return Json.object().put("jsonrpc", "2.0");
  }
}
