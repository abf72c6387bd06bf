package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import org.jspecify.annotations.Nullable;

/// Writes or removes one document. Doing it again, or late, changes nothing: a document with a
/// higher version stays as it is.
///
/// @param routing what decides about the shard; null for the id
/// @param version the revision that this is a part of
/// @param doc without the vectors as numbers, which are added when it is sent; null to remove it
record Operation(
    String index, String id, @Nullable String routing, long version, @Nullable ObjectNode doc) {

  static Operation remove(String index, String id, @Nullable String routing, long version) {
    return new Operation(index, id, routing, version, null);
  }

  String verb() {
    return doc == null ? "delete" : "index";
  }

  /// About how many characters it is as a request.
  int size() {
    return doc == null ? 200 : 1_000 + doc.toString().length() * 4;
  }

  void appendTo(StringBuilder lines) {
    ObjectNode header = Dsl.object().put("_index", index).put("_id", id);
    header.put("version", version).put("version_type", "external_gte");
    if (routing != null) {
      header.put("routing", routing);
    }
    ObjectNode action = Dsl.object();
    action.set(verb(), header);
    lines.append(action).append('\n');
    if (doc != null) {
      lines.append(States.withPassages(doc)).append('\n');
    }
  }

  /// As it stands in an intent.
  String print() {
    ObjectNode node = Dsl.object().put("index", index).put("id", id).put("version", version);
    if (routing != null) {
      node.put("routing", routing);
    }
    if (doc != null) {
      node.set("doc", doc);
    }
    return Json.print(node);
  }

  static Operation parse(String text) {
    ObjectNode node = (ObjectNode) Json.parseOwn(text);
    return new Operation(
        node.path("index").asText(),
        node.path("id").asText(),
        node.has("routing") ? node.path("routing").asText() : null,
        node.path("version").asLong(),
        node.has("doc") ? (ObjectNode) node.path("doc") : null);
  }
}
