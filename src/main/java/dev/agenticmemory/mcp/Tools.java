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
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tools, in the order in which clients list them.
final class Tools {

  private static final Logger LOG = LoggerFactory.getLogger(Tools.class);

  private record Entry(Tool tool, ObjectNode definition, List<String> arguments) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  Tools(Engine engine) {
    add(new AddMemoryTool(engine.addMemory()));
    add(new SearchMemoryTool(engine.searchMemories()));
    add(new SearchCombinedTool(engine.searchMemories()));
    add(new DeleteTools.ByRun(engine.deleteMemories()));
    add(new DeleteTools.ByUser(engine.deleteMemories()));
    add(new ListMemoriesTool(engine.listMemories()));
    add(new OneMemoryTools.Get(engine.oneMemory()));
    add(new OneMemoryTools.Delete(engine.oneMemory()));
    add(new OneMemoryTools.History(engine.oneMemory()));
    add(new OneMemoryTools.Update(engine.oneMemory()));
  }

  ArrayNode definitions() {
    ArrayNode definitions = Json.array();
    entries.values().forEach(entry -> definitions.add(entry.definition()));
    return definitions;
  }

  /// Calls a tool. What it cannot do comes back as a result that says what to do next; only a call
  /// that names no tool is a [ProtocolError].
  ObjectNode call(Caller caller, String name, ObjectNode arguments) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new ProtocolError(
          ProtocolError.Code.INVALID_PARAMS,
          "There is no tool of this name; there are " + String.join(", ", entries.keySet()));
    }
    try {
      Arguments read = new Arguments(arguments);
      read.requireOnly(entry.arguments());
      return success(entry.tool().call(caller, read));
    } catch (MemoryException e) {
      return failure(worded(e));
    } catch (RuntimeException e) {
      LOG.error("Tool {} failed", name, e);
      return failure(
          "This call failed because of a fault in agentic-memory, which is in its log. Nothing was"
              + " changed. Try other arguments, and report it if it stays so.");
    }
  }

  private static String worded(MemoryException e) {
    String who =
        switch (e) {
          case InvalidInput _ -> "Wrong argument";
          case NotFound _ -> "Not found";
          case Conflict _ -> "Conflict";
          case Forbidden _ -> "Not allowed";
          case Unavailable _ -> "Not available now";
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

  private void add(Tool tool) {
    ObjectNode definition = definition(tool.name());
    List<String> arguments = new ArrayList<>();
    JsonNode properties = definition.path("inputSchema").path("properties");
    properties.fieldNames().forEachRemaining(arguments::add);
    entries.put(tool.name(), new Entry(tool, definition, List.copyOf(arguments)));
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
