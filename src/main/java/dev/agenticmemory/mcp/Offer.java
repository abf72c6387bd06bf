package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Arguments;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a server has for its clients: tools, resources, prompts. [Dispatcher] knows the protocol,
/// this what is served by it.
///
/// Every method may be called by many threads at once. What a client did wrong is thrown as a
/// [ProtocolError], or as a `MemoryException`, whose message and hint reach the client.
public interface Offer extends AutoCloseable {

  /// The `capabilities` of both eras.
  ObjectNode capabilities();

  /// What a model should know before it uses any of this.
  String instructions();

  /// The definitions, in an order that never changes.
  ArrayNode tools();

  /// The result of a tool. One with a `resultType` is passed on as it is in the newer era.
  ObjectNode callTool(Call call, String name, ObjectNode arguments);

  /// The resources with a fixed address.
  ArrayNode resources(Caller caller);

  ArrayNode resourceTemplates();

  /// The contents of a resource; empty where this caller has none of that address.
  Optional<ArrayNode> read(Call call, String uri);

  /// Whether this caller may follow a resource of that address, there or not.
  boolean mayFollow(Caller caller, String uri);

  ArrayNode prompts();

  ObjectNode prompt(Call call, String name, Arguments arguments);

  /// The result of `completion/complete`.
  ObjectNode complete(Caller caller, ObjectNode params);

  /// From now on `session` is told of changes of what it follows, until it is forgotten.
  ///
  /// @param begin has the session follow more; nothing is told of before it has run
  void follow(Session session, Runnable begin);

  void forget(Session session);

  /// A method that not every server has; null where this one does not have it either.
  default @Nullable ObjectNode other(Call call, String method) {
    return null;
  }

  /// The client's answer to a request of this server. Ours asks nothing.
  default void answered(JsonNode response) {}

  @Override
  void close();
}
