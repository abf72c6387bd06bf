package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.ProtocolError.Code;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The protocol: takes a message of a client, answers it.
///
/// Two eras on one connection. A request whose `_meta` names a protocol version is of the newer one
/// and stands for itself; any other belongs to the session that `initialize` began.
public final class Dispatcher implements AutoCloseable {

  /// The newest version of the older era; offered where a client asks for one that is not known.
  static final String LEGACY_LATEST = "2025-11-25";

  /// The version of the newer era.
  public static final String MODERN = "2026-07-28";

  /// Versions that can be agreed on by `initialize`.
  private static final Set<String> LEGACY =
      Set.of(LEGACY_LATEST, "2025-06-18", "2025-03-26", "2024-11-05");

  /// The only version with batches of messages.
  private static final String WITH_BATCHES = "2025-03-26";

  /// Most messages of a batch.
  private static final int BATCH_MAX = 100;

  /// Characters of answers after which the rest of a batch is not done any more, as all of them are
  /// in memory at once.
  private static final int BATCH_ANSWER_CHARS_MAX = 1_000_000;

  public static final String META_VERSION = "io.modelcontextprotocol/protocolVersion";
  private static final String META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
  private static final String META_SERVER = "io.modelcontextprotocol/serverInfo";

  /// How long a client of the newer era may keep a list: until it starts anew, more or less.
  private static final int TTL_LISTS_MS = 3_600_000;

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  private final Offer offer;
  private final Runnable warmUp;
  private final AtomicBoolean warm = new AtomicBoolean();
  private final ObjectNode serverInfo;

  /// For what is offered.
  ///
  /// @param warmUp run once, on a client's thread, when the first client is ready; must return at
  ///   once
  public Dispatcher(Offer offer, Runnable warmUp, String version) {
    this.offer = offer;
    this.warmUp = warmUp;
    serverInfo =
        Json.object()
            .put("name", "agentic-memory")
            .put("title", "Agentic Memory")
            .put("version", version);
  }

  /// Answers one message; null where none is due. Never throws: what goes wrong is in the answer.
  ///
  /// @param client takes messages that belong to this one, until it is answered
  public @Nullable JsonNode handle(Session session, JsonNode message, Consumer<ObjectNode> client) {
    if (message instanceof ArrayNode batch) {
      return batch(session, batch, client);
    }
    return one(session, message, client);
  }

  /// Whether a message is of the newer era. One that is not is of the older.
  public static boolean isModern(JsonNode message) {
    return !message.path("params").path("_meta").path(META_VERSION).isMissingNode();
  }

  /// Throws a [ProtocolError] where a message of the newer era does not say what each one must.
  public static void requireEnvelope(JsonNode message) {
    JsonNode meta = message.path("params").path("_meta");
    JsonNode version = meta.path(META_VERSION);
    if (!version.isTextual()) {
      throw new ProtocolError(Code.INVALID_PARAMS, "_meta lacks " + META_VERSION);
    }
    if (!version.asText().equals(MODERN)) {
      throw unsupported(version.asText());
    }
    if (!meta.path(META_CAPABILITIES).isObject()) {
      throw new ProtocolError(Code.INVALID_PARAMS, "_meta lacks " + META_CAPABILITIES);
    }
  }

  /// The error for a protocol version that is not spoken here.
  public static ProtocolError unsupported(String version) {
    ObjectNode data = Json.object();
    data.putArray("supported").add(MODERN).add(LEGACY_LATEST);
    data.put("requested", version);
    return new ProtocolError(Code.UNSUPPORTED_VERSION, "Unsupported protocol version", data);
  }

  /// Whether a session of the older era can be of this version.
  public static boolean isLegacy(String version) {
    return LEGACY.contains(version);
  }

  /// Whether a message can be answered in no time, and must be before the ones after it are.
  public static boolean isImmediate(JsonNode message) {
    if (message.isArray()) {
      return false;
    }
    return switch (message.path("method").asText()) {
      case "initialize", "ping", "server/discover", "tools/list", "prompts/list" -> true;
      // A cancellation right behind it must find it.
      case "subscriptions/listen" -> true;
      default -> !message.has("id");
    };
  }

  /// Forgets a session whose client is gone. Its open subscriptions are answered.
  public void close(Session session) {
    offer.forget(session);
    for (JsonNode id : session.listeners().keySet()) {
      ObjectNode result = Json.object().put("resultType", "complete");
      result.putObject("_meta").set(Updates.SUBSCRIPTION_ID, id);
      session.send(Messages.result(id, result));
    }
    session.listeners().clear();
  }

  @Override
  public void close() {
    offer.close();
  }

  private @Nullable JsonNode batch(Session session, ArrayNode batch, Consumer<ObjectNode> client) {
    if (!WITH_BATCHES.equals(session.version()) || batch.isEmpty()) {
      return Messages.error(
          null,
          new ProtocolError(
              Code.INVALID_REQUEST,
              "Batches are not part of this protocol version; send one message a line"));
    }
    if (batch.size() > BATCH_MAX) {
      return Messages.error(
          null,
          new ProtocolError(
              Code.INVALID_REQUEST,
              "A batch has at most %d messages, this one %,d; send them in several"
                  .formatted(BATCH_MAX, batch.size())));
    }
    ArrayNode answers = Json.array();
    int chars = 0;
    for (JsonNode message : batch) {
      ObjectNode answer =
          chars < BATCH_ANSWER_CHARS_MAX ? one(session, message, client) : notDone(message);
      if (answer != null) {
        answers.add(answer);
        chars += Json.print(answer).length();
      }
    }
    return answers.isEmpty() ? null : answers;
  }

  private static @Nullable ObjectNode notDone(JsonNode message) {
    JsonNode id = message.get("id");
    return isId(id) && message.has("method")
        ? Messages.error(
            id,
            new ProtocolError(
                Code.INVALID_REQUEST,
                "Not done: the answers of this batch have %,d characters already. Send it again by itself"
                    .formatted(BATCH_ANSWER_CHARS_MAX)))
        : null;
  }

  private @Nullable ObjectNode one(Session session, JsonNode message, Consumer<ObjectNode> client) {
    JsonNode id = message.get("id");
    try {
      if (isResponse(message)) {
        offer.answered(message);
        return null;
      }
      requireFrame(message);
      String method = message.path("method").asText();
      ObjectNode params = params(message);
      if (id == null) {
        notified(session, method, params);
        return null;
      }
      boolean modern = isModern(message);
      if (modern) {
        requireEnvelope(message);
      }
      return request(id, method, new Call(session, modern, params, client));
    } catch (ProtocolError e) {
      return Messages.error(isId(id) ? id : null, e);
    }
  }

  private static boolean isResponse(JsonNode message) {
    return message.path("jsonrpc").asText().equals("2.0")
        && !message.has("method")
        && (message.has("result") || message.has("error"));
  }

  private static void requireFrame(JsonNode message) {
    if (!message.isObject()) {
      throw new ProtocolError(Code.INVALID_REQUEST, "A message is a JSON object");
    }
    if (!message.path("jsonrpc").asText().equals("2.0")) {
      throw new ProtocolError(Code.INVALID_REQUEST, "Member jsonrpc is not \"2.0\"");
    }
    if (!message.path("method").isTextual()) {
      throw new ProtocolError(Code.INVALID_REQUEST, "Member method is not a string");
    }
    if (message.has("id") && !isId(message.get("id"))) {
      throw new ProtocolError(Code.INVALID_REQUEST, "Member id is not a string or a number");
    }
  }

  private static boolean isId(@Nullable JsonNode id) {
    return id != null && (id.isTextual() || id.isNumber());
  }

  private static ObjectNode params(JsonNode message) {
    return switch (message.get("params")) {
      case null -> Json.object();
      case ObjectNode params -> params;
      default -> throw new ProtocolError(Code.INVALID_PARAMS, "Member params is not an object");
    };
  }

  private void notified(Session session, String method, ObjectNode params) {
    switch (method) {
      case "notifications/cancelled" -> {
        JsonNode id = params.get("requestId");
        if (isId(id)) {
          session.cancel(id);
        }
      }
      case "notifications/initialized" -> warmUp();
      default -> LOG.debug("Ignored notification {}", method);
    }
  }

  private void warmUp() {
    if (warm.compareAndSet(false, true)) {
      warmUp.run();
    }
  }

  private @Nullable ObjectNode request(JsonNode id, String method, Call call) {
    try {
      ObjectNode result = call.modern() ? modern(call, id, method) : legacy(call, method);
      return result == null ? null : Messages.result(id, result);
    } catch (MemoryException e) {
      Code code = e instanceof Unavailable ? Code.INTERNAL_ERROR : Code.INVALID_PARAMS;
      throw new ProtocolError(code, e.getMessage() + ". " + e.hint());
    } catch (ProtocolError e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("Request {} failed", method, e);
      throw new ProtocolError(
          Code.INTERNAL_ERROR, "A fault in agentic-memory, which is in its log");
    }
  }

  // The older era: a session begins with initialize.

  private ObjectNode legacy(Call call, String method) {
    return switch (method) {
      case "initialize" -> initialize(call);
      case "ping" -> Json.object();
      case "server/discover" -> discover();
      default -> {
        if (call.session().version() == null) {
          throw new ProtocolError(
              Code.INVALID_REQUEST, "Send initialize first; " + method + " needs a session");
        }
        yield switch (method) {
          case "resources/subscribe" -> subscribe(call);
          case "resources/unsubscribe" -> {
            call.session().subscriptions().remove(text(call.params(), "uri"));
            yield Json.object();
          }
          default -> common(call, method, Code.RESOURCE_NOT_FOUND);
        };
      }
    };
  }

  private ObjectNode initialize(Call call) {
    String asked = text(call.params(), "protocolVersion");
    String version = LEGACY.contains(asked) ? asked : LEGACY_LATEST;
    call.session().agree(version);
    ObjectNode result = Json.object().put("protocolVersion", version);
    result.set("capabilities", offer.capabilities());
    result.set("serverInfo", serverInfo);
    return result.put("instructions", offer.instructions());
  }

  private ObjectNode subscribe(Call call) {
    String uri = text(call.params(), "uri");
    requireFollowable(call, List.of(uri), Code.RESOURCE_NOT_FOUND);
    Session session = call.session();
    offer.follow(session, () -> session.subscriptions().add(uri));
    return Json.object();
  }

  // The newer era: every request stands for itself.

  private @Nullable ObjectNode modern(Call call, JsonNode id, String method) {
    warmUp();
    if (method.equals("subscriptions/listen")) {
      listen(call, id);
      return null;
    }
    ObjectNode result =
        method.equals("server/discover") ? discover() : common(call, method, Code.INVALID_PARAMS);
    if (!result.has("resultType")) {
      result.put("resultType", "complete");
    }
    if (result.path("_meta") instanceof ObjectNode meta) {
      meta.set(META_SERVER, serverInfo);
    } else {
      result.putObject("_meta").set(META_SERVER, serverInfo);
    }
    switch (method) {
      case "server/discover", "tools/list", "prompts/list", "resources/templates/list" ->
          result.put("ttlMs", TTL_LISTS_MS).put("cacheScope", "public");
      case "resources/list" -> result.put("ttlMs", TTL_LISTS_MS).put("cacheScope", "private");
      case "resources/read" -> result.put("ttlMs", 0).put("cacheScope", "private");
      default -> {}
    }
    return result;
  }

  private ObjectNode discover() {
    ObjectNode result = Json.object();
    result.putArray("supportedVersions").add(MODERN).add(LEGACY_LATEST);
    result.set("capabilities", offer.capabilities());
    result.putObject("_meta").set(META_SERVER, serverInfo);
    return result.put("instructions", offer.instructions());
  }

  private void listen(Call call, JsonNode id) {
    JsonNode asked = call.params().path("notifications").path("resourceSubscriptions");
    if (!asked.isArray() && !asked.isMissingNode()) {
      throw new ProtocolError(Code.INVALID_PARAMS, "resourceSubscriptions is not an array");
    }
    Session session = call.session();
    if (session.listeners().containsKey(id)) {
      throw new ProtocolError(Code.INVALID_REQUEST, "A subscription with this id is open");
    }
    Set<String> uris = new TreeSet<>();
    asked.forEach(uri -> uris.add(uri.asText()));
    requireFollowable(call, uris, Code.INVALID_PARAMS);
    ObjectNode acknowledged = Json.object();
    acknowledged.putObject("_meta").set(Updates.SUBSCRIPTION_ID, id);
    ObjectNode agreed = acknowledged.putObject("notifications");
    if (asked.isArray()) {
      uris.forEach(agreed.putArray("resourceSubscriptions")::add);
    }
    offer.follow(
        session,
        () -> {
          session.send(
              Messages.notification("notifications/subscriptions/acknowledged", acknowledged));
          session.listeners().put(id, uris);
        });
  }

  // Both eras.

  private ObjectNode common(Call call, String method, Code notFound) {
    ObjectNode params = call.params();
    return switch (method) {
      case "tools/list" -> list(params, "tools", offer.tools());
      case "tools/call" -> offer.callTool(call, text(params, "name"), arguments(params));
      case "resources/list" -> list(params, "resources", offer.resources(call.caller()));
      case "resources/templates/list" ->
          list(params, "resourceTemplates", offer.resourceTemplates());
      case "resources/read" -> read(call, text(params, "uri"), notFound);
      case "prompts/list" -> list(params, "prompts", offer.prompts());
      case "prompts/get" ->
          offer.prompt(call, text(params, "name"), new Arguments(arguments(params)));
      case "completion/complete" -> offer.complete(call.caller(), params);
      default -> {
        ObjectNode result = offer.other(call, method);
        if (result == null) {
          throw new ProtocolError(
              Code.METHOD_NOT_FOUND, "There is no method of this name in this protocol version");
        }
        yield result;
      }
    };
  }

  private ObjectNode read(Call call, String uri, Code notFound) {
    ArrayNode contents = offer.read(call, uri).orElseThrow(() -> noResource(notFound, uri));
    ObjectNode result = Json.object();
    result.set("contents", contents);
    return result;
  }

  private void requireFollowable(Call call, Collection<String> uris, Code notFound) {
    if (call.session().followed().size() + uris.size() > Session.SUBSCRIPTIONS_MAX) {
      throw tooMany();
    }
    for (String uri : uris) {
      if (!offer.mayFollow(call.caller(), uri)) {
        throw noResource(notFound, uri);
      }
    }
  }

  private static ProtocolError noResource(Code code, String uri) {
    return new ProtocolError(
        code, "Resource not found: " + shown(uri), Json.object().put("uri", shown(uri)));
  }

  private static ProtocolError tooMany() {
    return new ProtocolError(
        Code.INVALID_PARAMS,
        "At most %d resources can be followed".formatted(Session.SUBSCRIPTIONS_MAX));
  }

  /// A list as one page: none of ours is so long that it needs a second.
  private static ObjectNode list(ObjectNode params, String name, ArrayNode elements) {
    if (params.hasNonNull("cursor")) {
      throw new ProtocolError(Code.INVALID_PARAMS, "cursor is not one that this server gave");
    }
    ObjectNode result = Json.object();
    result.set(name, elements);
    return result;
  }

  /// Null counts as left out: many models write it for what they do not use.
  private static ObjectNode arguments(ObjectNode params) {
    return switch (params.get("arguments")) {
      case null -> Json.object();
      case NullNode _ -> Json.object();
      case ObjectNode arguments -> arguments;
      default -> throw new ProtocolError(Code.INVALID_PARAMS, "arguments is not an object");
    };
  }

  private static String text(ObjectNode params, String name) {
    JsonNode value = params.path(name);
    if (!value.isTextual()) {
      throw new ProtocolError(Code.INVALID_PARAMS, "Parameter %s is not a string".formatted(name));
    }
    return value.textValue();
  }

  private static String shown(String uri) {
    return uri.length() > 200 ? uri.substring(0, 200) + "…" : uri;
  }
}
