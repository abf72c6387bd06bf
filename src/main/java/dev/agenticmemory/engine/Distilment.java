package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// That facts were made of a diary entry, and which, as a mark of its short-term memory.
///
/// @param facts the memories that hold what it says; empty where it says nothing that lasts
record Distilment(List<MemoryId> facts) {

  private static final String KIND = "distilled";

  Distilment {
    facts = List.copyOf(facts);
  }

  /// Refused where facts were made of it already.
  Change claim(Memory entry, Instant now) {
    ArrayNode value = Json.array();
    facts.forEach(fact -> value.add(fact.toString()));
    return new Change.ClaimMark(new Mark(name(entry), Json.print(value), now));
  }

  /// Whether facts were made of it.
  static boolean isDone(MemoryStore store, Memory entry) {
    return store.mark(name(entry)).isPresent();
  }

  /// Whether its user deleted one of the facts that were made of it, so that its words must not
  /// bring that back.
  static boolean isWithdrawn(MemoryStore store, Memory entry) {
    List<MemoryId> facts = new ArrayList<>();
    store
        .mark(name(entry))
        .ifPresent(mark -> {
          for (JsonNode id : Json.parseOwn(mark.value())) {
            facts.add(MemoryId.parse(id.asText()));
          }
        });
    return facts.stream()
        .anyMatch(fact -> store.find(fact).isEmpty() && Erasures.byUser(store, fact));
  }

  private static Mark.Name name(Memory entry) {
    return new Mark.Name(KIND, entry.scope().user().value(), entry.id().toString());
  }
}
