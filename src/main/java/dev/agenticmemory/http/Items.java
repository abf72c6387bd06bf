package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.Added;
import dev.agenticmemory.engine.FilterNote;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.json.FilterJson;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import dev.agenticmemory.llm.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Memories, hits and what became of adds, as both REST contracts write them: the members that they
/// name are always there.
final class Items {

  private Items() {}

  static ArrayNode ofMemories(Collection<Memory> memories) {
    ArrayNode items = Json.array();
    memories.forEach(memory -> items.add(memory(memory)));
    return items;
  }

  static ArrayNode ofHits(Collection<Hit> hits) {
    ArrayNode items = Json.array();
    hits.forEach(hit -> items.add(hit(hit)));
    return items;
  }

  /// With a note where the call's filter looks for what is not there.
  static ObjectNode noted(ObjectNode answer, Call call, List<Hit> hits) {
    String note = FilterNote.of(FilterJson.read(call.arguments().object("filters")), hits);
    return note == null ? answer : answer.put("note", note);
  }

  static ObjectNode memory(Memory memory) {
    return details(begun(memory), memory);
  }

  static ObjectNode hit(Hit hit) {
    ObjectNode node = begun(hit.memory());
    node.put("score", hit.score());
    node.put("original_score", hit.relevance());
    node.put("memory_type", hit.label().name().toLowerCase(Locale.ROOT));
    return details(node, hit.memory());
  }

  private static ObjectNode begun(Memory memory) {
    ObjectNode node = Json.object();
    node.put("id", memory.id().toString());
    node.put("memory", memory.text());
    node.put("hash", memory.content().hash().hex());
    node.set("metadata", MetadataJson.write(memory.content().metadata()));
    return node;
  }

  private static ObjectNode details(ObjectNode node, Memory memory) {
    Times times = memory.times();
    node.put("created_at", times.created().toString());
    node.put("updated_at", times.updated().toString());
    Scope scope = memory.scope();
    node.put("user_id", scope.user().value());
    node.put("agent_id", text(scope.agent()));
    node.put("run_id", text(scope.run()));
    node.put("category", memory.content().category());
    node.put("shared", memory.content().shared());
    node.put("attributed_to", memory.origin().author().name().toLowerCase(Locale.ROOT));
    if (memory.content().stage() != Stage.SETTLED) {
      node.put("status", memory.content().stage().name().toLowerCase(Locale.ROOT));
    }
    putIfThere(node, "observed_at", times.observed());
    putIfThere(node, "expires_at", times.expires());
    return node;
  }

  /// What became of an add: `results`, and where it waits `status`.
  static ObjectNode added(Added added) {
    ObjectNode node = Json.object();
    ArrayNode results = node.putArray("results");
    for (Added.Item item : added.items()) {
      ObjectNode one = results.addObject();
      one.put("id", item.id().toString());
      one.put("memory", item.text());
      one.put("event", item.event().name());
      if (item.reason() != null) {
        one.put("reason", item.reason());
      }
    }
    if (added.status() == Added.Status.PENDING) {
      node.put("status", "pending");
      node.put(
          "note",
          "Kept and found as it is; facts are made of it as soon as the language model answers.");
    }
    return node;
  }

  static ObjectNode usage(Usage usage) {
    return Json.object()
        .put("llm_calls", usage.calls())
        .put("input_tokens", usage.input())
        .put("output_tokens", usage.output())
        .put("total_tokens", usage.total());
  }

  static ArrayNode ofHistory(Collection<HistoryEntry> entries) {
    ArrayNode items = Json.array();
    Instant created = null;
    for (HistoryEntry entry : entries) {
      created = created == null ? entry.at() : created;
      items.add(entry(entry, items.size(), created));
    }
    return items;
  }

  private static ObjectNode entry(HistoryEntry entry, int place, Instant created) {
    String name = entry.memory() + "#" + place;
    return Json.object()
        .put("id", UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString())
        .put("memory_id", entry.memory().toString())
        .put("old_memory", entry.oldText())
        .put("new_memory", entry.newText())
        .put("event", entry.event().name())
        .put("created_at", created.toString())
        .put("updated_at", entry.at().toString())
        .put("is_deleted", entry.event() == Event.DELETE)
        .put("actor", entry.actor())
        .put("reason", entry.reason())
        .put("related_id", text(entry.related()));
  }

  private static void putIfThere(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
