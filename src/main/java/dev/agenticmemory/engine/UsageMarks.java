package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;

/// What language models cost, a mark for each day, scope and ingest, so that no two processes ever
/// add to the same number. Summed when it is asked for.
final class UsageMarks {

  private static final String KIND = "usage";

  /// Most marks that are summed.
  private static final int MARKS_MAX = 100_000;

  private UsageMarks() {}

  static Change put(Scope scope, Usage usage, Instant now) {
    LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
    ArrayNode where = Json.array().add(day.toString());
    where.add(scope.agent() == null ? null : scope.agent().value());
    where.add(scope.run() == null ? null : scope.run().value());
    where.add(UUID.randomUUID().toString());
    ObjectNode value = Json.object();
    write(value, usage);
    return new Change.PutMark(
        new Mark(
            new Mark.Name(KIND, scope.user().value(), Json.print(where)), Json.print(value), now));
  }

  /// What was used for a user, on all days and in all scopes.
  static Usage sum(MemoryStore store, UserId user) {
    return store.marks(KIND, user.value(), MARKS_MAX).stream()
        .map(mark -> read(Json.parseOwn(mark.value())))
        .reduce(Usage.NONE, Usage::plus);
  }

  static void write(ObjectNode node, Usage usage) {
    node.put("calls", usage.calls());
    node.put("input", usage.input());
    node.put("output", usage.output());
  }

  static Usage read(JsonNode node) {
    return new Usage(
        node.path("calls").asLong(), node.path("input").asLong(), node.path("output").asLong());
  }
}
