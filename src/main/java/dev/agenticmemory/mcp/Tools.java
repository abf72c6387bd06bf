package dev.agenticmemory.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tools, in the order in which clients list them.
public final class Tools {

  private static final Logger LOG = LoggerFactory.getLogger(Tools.class);

  private record Entry(
      Function<Engine, Tool> tool, ObjectNode definition, List<String> arguments) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private final Supplier<Engine> engine;
  private final Audit audit;

  /// For an engine that is not needed before the first call: a list of tools must not wait for it.
  public Tools(Supplier<Engine> engine) {
    this(engine, Audit.NONE);
  }

  /// @param audit told of each call
  Tools(Supplier<Engine> engine, Audit audit) {
    this.engine = engine;
    this.audit = audit;
    add("add_memory", e -> new AddMemoryTool(e.addMemory()));
    add("search_memory", e -> new SearchMemoryTool(e.searchMemories()));
    add("search_combined", e -> new SearchCombinedTool(e.searchMemories()));
    add("delete_by_run_id", e -> new DeleteTools.ByRun(e.deleteMemories()));
    add("delete_by_user_id", e -> new DeleteTools.ByUser(e.deleteMemories()));
    add("list_memories", e -> new ListMemoriesTool(e.listMemories()));
    add("get_memory", e -> new OneMemoryTools.Get(e.oneMemory()));
    add("delete_memory", e -> new OneMemoryTools.Delete(e.oneMemory()));
    add("memory_history", e -> new OneMemoryTools.History(e.oneMemory()));
    add("update_memory", e -> new OneMemoryTools.Update(e.oneMemory()));
  }

  ArrayNode definitions() {
    ArrayNode definitions = Json.array();
    entries.values().forEach(entry -> definitions.add(entry.definition()));
    return definitions;
  }

  /// Calls a tool. What it cannot do comes back as a result that says what to do next; only a call
  /// that names no tool is a [ProtocolError].
  ObjectNode call(Caller caller, String name, ObjectNode arguments) {
    if (!entries.containsKey(name)) {
      throw new ProtocolError(
          ProtocolError.Code.INVALID_PARAMS,
          "There is no tool of this name; there are " + String.join(", ", entries.keySet()));
    }
    try {
      return success(answer(caller, name, arguments));
    } catch (MemoryException e) {
      return failure(worded(e));
    } catch (RuntimeException e) {
      LOG.error("Tool {} failed", name, e);
      return failure(
          "This call failed because of a fault in agentic-memory, which is in its log. Try other"
              + " arguments, and report it if it stays so.");
    }
  }

  /// The structured answer of a tool that is there. Throws what [Tool#call] throws.
  public ObjectNode answer(Caller caller, String name, ObjectNode arguments) {
    Entry entry = Objects.requireNonNull(entries.get(name), name);
    Arguments read = new Arguments(arguments);
    try {
      read.requireOnly(entry.arguments());
      ObjectNode answer = entry.tool().apply(engine.get()).call(caller, read);
      audit.note(caller, name, arguments, answer, null);
      return answer;
    } catch (MemoryException e) {
      audit.note(caller, name, arguments, null, e);
      throw e;
    }
  }

  private static String worded(MemoryException e) {
    String who =
        switch (e) {
          case InvalidInput _ -> "Wrong argument";
          case NotFound _ -> "Not found";
          case Conflict _ -> "Conflict";
          case Forbidden _ -> "Not allowed";
          case Unavailable away -> away.isPassing() ? "Not available now" : "Not available";
        };
    return "%s: %s. %s".formatted(who, e.getMessage(), e.hint());
  }

  /// The text is the structured content as JavaScript prints it, which is what OpenClaw needs to
  /// show it once; clients that know only the text lose nothing.
  private static ObjectNode success(ObjectNode structured) {
    ObjectNode result = text(Json.pretty(structured));
    result.set("structuredContent", structured);
    return result.put("isError", false);
  }

  private static ObjectNode failure(String text) {
    return text(text).put("isError", true);
  }

  private static ObjectNode text(String text) {
    ObjectNode result = Json.object();
    result.putArray("content").addObject().put("type", "text").put("text", text);
    return result;
  }

  private void add(String name, Function<Engine, Tool> tool) {
    ObjectNode definition = definition(name);
    List<String> arguments = new ArrayList<>();
    JsonNode properties = definition.path("inputSchema").path("properties");
    properties.fieldNames().forEachRemaining(arguments::add);
    entries.put(name, new Entry(tool, definition, List.copyOf(arguments)));
  }

  private static ObjectNode definition(String name) {
    String file = "/mcp/tools/" + name + ".json";
    try (InputStream in = Tools.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("No definition " + file);
      }
      return (ObjectNode) Json.parseOwn(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
