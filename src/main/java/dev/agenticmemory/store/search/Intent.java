package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.search.Head.Erasing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change set as it is written down before any of it is done: everything that whoever completes
/// it needs.
///
/// @param token tells it from every other of the same revision
/// @param revision that it makes
/// @param additions documents that are new
/// @param closures documents that were there before and that do not count from this revision on
/// @param sweep documents that no longer count once the change set is done, and are removed when
///   nobody reads them any more
/// @param sweeping earlier revisions of which that is so by now, oldest first
/// @param erasing what else is to be erased; null for nothing
/// @param key the new key of the store; null to keep the one it has
record Intent(
    String token,
    long revision,
    List<Operation> additions,
    List<Operation> closures,
    List<Operation> sweep,
    List<Long> sweeping,
    @Nullable Erasing erasing,
    @Nullable StoreKey key) {

  Intent {
    additions = List.copyOf(additions);
    closures = List.copyOf(closures);
    sweep = List.copyOf(sweep);
    sweeping = List.copyOf(sweeping);
  }

  static String id(long revision) {
    return "intent-" + revision;
  }

  ObjectNode print() {
    ObjectNode node = Dsl.object().put("token", token).put("revision", revision);
    additions.forEach(operation -> node.withArray("/additions").add(operation.print()));
    closures.forEach(operation -> node.withArray("/closures").add(operation.print()));
    sweep.forEach(operation -> node.withArray("/sweep").add(operation.print()));
    sweeping.forEach(node.withArray("/sweeping")::add);
    if (erasing != null) {
      node.put("erasing", erasing.print().toString());
    }
    if (key != null) {
      node.put("key", key.hex());
    }
    return node;
  }

  static Intent parse(ObjectNode node) {
    return new Intent(
        node.path("token").asText(),
        node.path("revision").asLong(),
        operations(node.path("additions")),
        operations(node.path("closures")),
        operations(node.path("sweep")),
        node.path("sweeping").valueStream().map(JsonNode::asLong).toList(),
        node.has("erasing") ? Erasing.parse(Json.parseOwn(node.path("erasing").asText())) : null,
        States.nullable(node, "key", StoreKey::ofHex));
  }

  private static List<Operation> operations(JsonNode array) {
    List<Operation> operations = new ArrayList<>();
    array.forEach(text -> operations.add(Operation.parse(text.asText())));
    return operations;
  }
}
