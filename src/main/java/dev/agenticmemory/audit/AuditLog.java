package dev.agenticmemory.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes each call as one line. No text of a memory or of a query is among it unless that is asked
/// for: it would outlive the memory.
public final class AuditLog implements Audit {

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  /// Most ids of one line.
  private static final int IDS_MAX = 100;

  /// Most characters of one field. Refused calls are noted too, whatever they were made of.
  private static final int FIELD_CHARS_MAX = 256;

  /// Most characters of what was said in one call.
  private static final int SAID_CHARS_MAX = 16 * 1024;

  private static final List<String> SCOPE = List.of("user_id", "agent_id", "run_id", "uri");

  /// Where answers have memories with their ids.
  private static final List<String> RESULTS =
      List.of("/results", "/result/results", "/results/results");

  private static final List<String> TEXTS =
      List.of("text", "messages", "query", "custom_extraction_prompt", "metadata", "filters");

  private final AuditFiles files;
  private final boolean texts;
  private final Clock clock;

  /// @param texts whether what was said and asked is written too
  public AuditLog(AuditFiles files, boolean texts, Clock clock) {
    this.files = files;
    this.texts = texts;
    this.clock = clock;
  }

  @Override
  public void note(
      Caller caller,
      String action,
      ObjectNode arguments,
      @Nullable ObjectNode answer,
      @Nullable MemoryException failure) {
    Instant now = clock.instant();
    ObjectNode line = Json.object();
    line.put("id", UUID.randomUUID().toString()).put("time", now.toString());
    line.put("caller", caller.access().holder()).put("door", caller.actor());
    line.put("action", action);
    line.put("user_id", caller.user().value());
    for (String name : SCOPE) {
      if (arguments.path(name).isTextual()) {
        line.put(name, cut(arguments.path(name).asText(), FIELD_CHARS_MAX));
      }
    }
    line.put("outcome", failure == null ? "done" : failure.getClass().getSimpleName());
    putIds(line, arguments, answer);
    if (texts) {
      line.put("said", said(arguments));
    }
    files.record(line);
  }

  private static void putIds(ObjectNode line, ObjectNode arguments, @Nullable ObjectNode answer) {
    Set<String> ids = new LinkedHashSet<>();
    collect(arguments.path("memory_id"), ids);
    if (answer != null) {
      for (String place : RESULTS) {
        answer.at(place).forEach(one -> collect(one.path("id"), ids));
      }
      if (answer.path("deleted").isNumber()) {
        line.put("deleted", answer.path("deleted").asLong());
      }
    }
    ArrayNode array = line.putArray("memory_ids");
    ids.stream().limit(IDS_MAX).forEach(array::add);
    line.put("count", ids.size());
  }

  /// Only what is the id of a memory: anything else may be a text.
  private static void collect(JsonNode id, Set<String> ids) {
    try {
      ids.add(MemoryId.parse(id.asText()).toString());
    } catch (InvalidInput _) {
      LOG.trace("Something else than an id is not noted");
    }
  }

  /// As one text: what clients send under one name is now an object and now a number, and a search
  /// engine takes but one type.
  private static String said(ObjectNode arguments) {
    ObjectNode said = Json.object();
    for (String name : TEXTS) {
      if (arguments.has(name)) {
        said.set(name, arguments.get(name));
      }
    }
    return cut(Json.print(said), SAID_CHARS_MAX);
  }

  private static String cut(String text, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    boolean splitsPair = Character.isHighSurrogate(text.charAt(charsMax - 1));
    return text.substring(0, splitsPair ? charsMax - 1 : charsMax) + "…";
  }
}
