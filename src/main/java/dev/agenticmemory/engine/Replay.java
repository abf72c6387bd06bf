package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The mark that an idempotency key leaves: what was asked for, as a hash, and what was answered,
/// as ids. It holds no text, and the hash is keyed, so a deleted memory does not live on in it.
final class Replay {

  private static final String KIND = "idempotency";

  private Replay() {}

  static Mark.Name name(UserId user, String key) {
    return new Mark.Name(KIND, user.value(), key);
  }

  static Mark mark(UserId user, String key, String content, List<Added.Item> items, Instant now) {
    return mark(name(user, key), content, items, now);
  }

  /// A mark of another kind with the same value.
  static Mark mark(Mark.Name name, String content, List<Added.Item> items, Instant now) {
    ObjectNode value = Json.object().put("content", content);
    ArrayNode results = value.putArray("results");
    items.forEach(item ->
        results.addObject().put("id", item.id().toString()).put("event", item.event().name()));
    return new Mark(name, Json.print(value), now);
  }

  /// Whether it was left by a call for the same.
  ///
  /// @param content see [#content]
  static boolean isOf(Mark mark, String content) {
    return Json.parseOwn(mark.value()).path("content").asText().equals(content);
  }

  static List<Added.Item> items(Mark mark, MemoryStore store) {
    List<Added.Item> items = new ArrayList<>();
    for (JsonNode result : Json.parseOwn(mark.value()).path("results")) {
      MemoryId id = MemoryId.parse(result.path("id").asText());
      String text = store.find(id).map(memory -> memory.text()).orElse("");
      String reason = text.isEmpty() ? "deleted since" : "the same call as before";
      items.add(new Added.Item(id, text, Event.valueOf(result.path("event").asText()), reason));
    }
    return items;
  }

  /// A hash of what is asked for and where, under the store's key.
  static String content(MemoryStore store, Scope scope, List<Turn> turns) {
    // A missing id is JSON's null, so that it is not the id "null".
    ArrayNode content = Json.array();
    content.add(scope.agent() == null ? null : scope.agent().value());
    content.add(scope.run() == null ? null : scope.run().value());
    turns.forEach(turn -> content.add(turn.author().name()).add(turn.text()));
    return store.key().hash(Json.print(content));
  }
}
