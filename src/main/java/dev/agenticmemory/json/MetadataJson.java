package dev.agenticmemory.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Metadata;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Metadata as a JSON object.
public final class MetadataJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private MetadataJson() {}

  public static Metadata read(ObjectNode node) {
    return node.isEmpty() ? Metadata.EMPTY : new Metadata(map(node));
  }

  public static ObjectNode write(Metadata metadata) {
    return object(metadata.values());
  }

  /// The plain value of a JSON node: a string, number, boolean, list, map or null.
  public static @Nullable Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case NUMBER -> node.numberValue();
      case BOOLEAN -> node.booleanValue();
      case ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        node.forEach(element -> list.add(value(element)));
        yield list;
      }
      case OBJECT -> map(node);
      case NULL, MISSING -> null;
      case BINARY, POJO -> throw new IllegalArgumentException("Not JSON: " + node.getNodeType());
    };
  }

  private static Map<String, @Nullable Object> map(JsonNode node) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
    return map;
  }

  private static ObjectNode object(Map<?, ? extends @Nullable Object> values) {
    ObjectNode node = NODES.objectNode();
    values.forEach((key, value) -> node.set(String.valueOf(key), node(value)));
    return node;
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case String text -> NODES.textNode(text);
      case Boolean flag -> NODES.booleanNode(flag);
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case BigInteger number -> NODES.numberNode(number);
      case BigDecimal number -> NODES.numberNode(number);
      case Number number -> NODES.numberNode(new BigDecimal(number.toString()));
      case Map<?, ?> map -> object(map);
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(element -> array.add(node(element)));
        yield array;
      }
      default -> throw new IllegalArgumentException("Not JSON: " + value.getClass().getName());
    };
  }
}
