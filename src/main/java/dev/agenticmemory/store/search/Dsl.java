package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.util.Collection;
import java.util.List;

/// The parts of queries, in the JSON that both servers understand.
final class Dsl {

  private Dsl() {}

  static ObjectNode object() {
    return Json.object();
  }

  static ObjectNode term(String field, String value) {
    return one("term", one(field, value));
  }

  static ObjectNode term(String field, boolean value) {
    return one("term", object().put(field, value));
  }

  static ObjectNode terms(String field, Collection<String> values) {
    ArrayNode array = Json.array();
    values.forEach(array::add);
    return one("terms", one(field, array));
  }

  static ObjectNode exists(String field) {
    return one("exists", one("field", field));
  }

  /// @param bound `lt`, `lte`, `gt` or `gte`
  static ObjectNode range(String field, String bound, long value) {
    return one("range", one(field, object().put(bound, value)));
  }

  static ObjectNode range(String field, String bound, String value) {
    return one("range", one(field, object().put(bound, value)));
  }

  static ObjectNode range(String field, String low, String from, String high, String to) {
    return one("range", one(field, object().put(low, from).put(high, to)));
  }

  static ObjectNode wildcard(String field, String pattern) {
    return one("wildcard", one(field, object().put("value", pattern)));
  }

  static ObjectNode nothing() {
    return one("match_none", object());
  }

  static ObjectNode all(Collection<ObjectNode> parts) {
    return bool("filter", parts);
  }

  static ObjectNode all(ObjectNode... parts) {
    return all(List.of(parts));
  }

  static ObjectNode any(Collection<ObjectNode> parts) {
    ObjectNode any = bool("should", parts);
    ((ObjectNode) any.path("bool")).put("minimum_should_match", 1);
    return any;
  }

  static ObjectNode any(ObjectNode... parts) {
    return any(List.of(parts));
  }

  static ObjectNode not(ObjectNode... parts) {
    return bool("must_not", List.of(parts));
  }

  private static ObjectNode bool(String occurrence, Collection<ObjectNode> parts) {
    ArrayNode array = Json.array();
    parts.forEach(array::add);
    return one("bool", one(occurrence, array));
  }

  /// A search for `query` that returns up to `size` documents.
  static ObjectNode search(ObjectNode query, int size) {
    ObjectNode body = one("query", query);
    return body.put("size", size);
  }

  /// Adds one more key to sort by.
  ///
  /// @param order `asc` or `desc`
  static ObjectNode sort(ObjectNode body, String field, String order) {
    body.withArray("/sort").add(one(field, order));
    return body;
  }

  static ObjectNode one(String name, JsonNode value) {
    ObjectNode node = object();
    node.set(name, value);
    return node;
  }

  static ObjectNode one(String name, String value) {
    return object().put(name, value);
  }
}
