package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import java.io.IOException;
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

  private static final List<String> SCOPE = List.of("user_id", "agent_id", "run_id", "uri");
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
        line.put(name, arguments.path(name).asText());
      }
    }
    line.put("outcome", failure == null ? "done" : failure.getClass().getSimpleName());
    putIds(line, arguments, answer);
    if (texts) {
      line.set("said", said(arguments));
    }
    append(now, line);
  }

  private static void putIds(ObjectNode line, ObjectNode arguments, @Nullable ObjectNode answer) {
    Set<String> ids = new LinkedHashSet<>();
    if (arguments.path("memory_id").isTextual()) {
      ids.add(arguments.path("memory_id").asText());
    }
    if (answer != null) {
      collect(answer.findValue("results"), ids);
      if (answer.path("deleted").isNumber()) {
        line.put("deleted", answer.path("deleted").asLong());
      }
    }
    ids.remove("");
    ArrayNode array = line.putArray("memory_ids");
    ids.stream().limit(IDS_MAX).forEach(array::add);
    line.put("count", ids.size());
  }

  /// The ids of `results`, which one route nests twice.
  private static void collect(@Nullable JsonNode results, Set<String> ids) {
    if (results != null && results.isObject()) {
      collect(results.get("results"), ids);
    } else if (results != null) {
      results.forEach(one -> ids.add(one.path("id").asText()));
    }
  }

  private static ObjectNode said(ObjectNode arguments) {
    ObjectNode said = Json.object();
    for (String name : TEXTS) {
      if (arguments.has(name)) {
        said.set(name, arguments.get(name));
      }
    }
    return said;
  }

  private void append(Instant now, ObjectNode line) {
    try {
      files.append(now, (Json.print(line) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      LOG.error("The audit log cannot be written; this call is not in it", e);
    }
  }
}
