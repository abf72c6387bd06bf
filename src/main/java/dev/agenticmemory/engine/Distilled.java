package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What became of an ingest, as a mark under the id that its pending memory had. Ids only: the
/// texts are in the memories.
///
/// @param left how many facts of the model were left out
record Distilled(List<One> items, int left, Usage usage) {

  private static final String KIND = "ingested";

  /// What became of one fact.
  ///
  /// @param version of the memory then, so that a later change shows
  record One(MemoryId id, Event event, long version, @Nullable String reason) {}

  Distilled {
    items = List.copyOf(items);
  }

  Change put(UserId user, MemoryId ingest, Instant now) {
    ObjectNode value = Json.object();
    ArrayNode list = value.putArray("results");
    for (One one : items) {
      list.addObject()
          .put("id", one.id().toString())
          .put("event", one.event().name())
          .put("version", one.version())
          .put("reason", one.reason());
    }
    value.put("left", left);
    UsageMarks.write(value.putObject("usage"), usage);
    return new Change.PutMark(new Mark(name(user, ingest), Json.print(value), now));
  }

  static Optional<Distilled> find(MemoryStore store, UserId user, MemoryId ingest) {
    return store.mark(name(user, ingest)).map(mark -> read(Json.parseOwn(mark.value())));
  }

  /// Whether everything is as it was left, so that the same input again would change nothing.
  boolean stands(MemoryStore store) {
    return items.stream()
        .filter(one -> one.event() != Event.DELETE)
        .allMatch(
            one -> store.find(one.id()).filter(m -> m.version() == one.version()).isPresent());
  }

  private static Distilled read(JsonNode value) {
    List<One> items = new ArrayList<>();
    for (JsonNode one : value.path("results")) {
      items.add(
          new One(
              MemoryId.parse(one.path("id").asText()),
              Event.valueOf(one.path("event").asText()),
              one.path("version").asLong(),
              one.hasNonNull("reason") ? one.path("reason").asText() : null));
    }
    return new Distilled(items, value.path("left").asInt(), UsageMarks.read(value.path("usage")));
  }

  private static Mark.Name name(UserId user, MemoryId ingest) {
    return new Mark.Name(KIND, user.value(), ingest.toString());
  }
}
