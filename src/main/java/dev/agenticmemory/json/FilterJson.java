package dev.agenticmemory.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Filter.Compare.Operator;
import dev.agenticmemory.domain.InvalidInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Filters as JSON: `{"key": value}`, `{"key": {"gte": 3, "lt": 9}}`, `{"and": […]}`, `{"or":
/// […]}`, `{"not": {…}}`. All members of one object must be fulfilled. The names of operators may
/// be written in capitals and with a leading `$`.
public final class FilterJson {

  /// Most conditions of one filter; each is checked against every memory of the scope.
  private static final int CONDITIONS_MAX = 64;

  private static final String OPERATORS = "eq ne gt gte lt lte in nin contains exists";

  private int conditions;

  private FilterJson() {}

  /// The filter that `node` says.
  ///
  /// @param node null for a filter that everything fulfils
  public static Filter read(@Nullable ObjectNode node) {
    return node == null ? Filter.ALL : new FilterJson().object(node);
  }

  private Filter object(JsonNode node) {
    if (!node.isObject()) {
      throw wrong("has a part that is not an object", "Write {\"key\": value}.");
    }
    List<Filter> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      parts.add(member(member.getKey(), member.getValue()));
    }
    return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
  }

  private Filter member(String name, JsonNode value) {
    if (++conditions > CONDITIONS_MAX) {
      throw wrong("has more than " + CONDITIONS_MAX + " conditions", "Ask for less at once.");
    }
    String word = plain(name);
    if (value.isArray() && word.equals("and")) {
      return new Filter.And(parts(value));
    }
    if (value.isArray() && word.equals("or")) {
      return new Filter.Or(parts(value));
    }
    if (value.isContainerNode() && word.equals("not")) {
      return new Filter.Not(value.isArray() ? new Filter.Or(parts(value)) : object(value));
    }
    return value instanceof ObjectNode operators
        ? operators(name, operators)
        : compare(name, Operator.EQ, value);
  }

  private List<Filter> parts(JsonNode array) {
    List<Filter> parts = new ArrayList<>();
    array.forEach(part -> parts.add(object(part)));
    return parts;
  }

  private Filter operators(String key, ObjectNode operators) {
    List<Filter> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> one : operators.properties()) {
      parts.add(operator(key, plain(one.getKey()), one.getValue()));
    }
    if (parts.isEmpty()) {
      throw wrong("says nothing about \"" + key + "\"", "Use one of: " + OPERATORS + ".");
    }
    return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
  }

  private static Filter operator(String key, String operator, JsonNode value) {
    return switch (operator) {
      case "eq" -> compare(key, Operator.EQ, value);
      case "ne" -> compare(key, Operator.NE, value);
      case "gt" -> compare(key, Operator.GT, value);
      case "gte" -> compare(key, Operator.GTE, value);
      case "lt" -> compare(key, Operator.LT, value);
      case "lte" -> compare(key, Operator.LTE, value);
      case "contains" -> compare(key, Operator.CONTAINS, value);
      case "in" -> new Filter.In(key, list(key, value), true);
      case "nin" -> new Filter.In(key, list(key, value), false);
      case "exists" -> {
        if (!value.isBoolean()) {
          throw wrong("has an \"exists\" that is not true or false", "Write {\"exists\": true}.");
        }
        yield new Filter.Exists(key, value.booleanValue());
      }
      default ->
          throw wrong(
              "has an unknown operator for \"" + key + "\"",
              "Use one of: "
                  + OPERATORS
                  + ". What is within a value of metadata is not looked at.");
    };
  }

  private static Filter compare(String key, Operator operator, JsonNode value) {
    return new Filter.Compare(key, operator, scalar(key, value));
  }

  private static List<Object> list(String key, JsonNode value) {
    if (!(value instanceof ArrayNode array)) {
      throw wrong("needs a list for \"" + key + "\"", "Write {\"in\": [\"a\", \"b\"]}.");
    }
    List<Object> values = new ArrayList<>();
    array.forEach(element -> values.add(scalar(key, element)));
    return values;
  }

  private static Object scalar(String key, JsonNode value) {
    Object plain = value.isValueNode() ? MetadataJson.value(value) : null;
    if (plain == null) {
      throw wrong(
          "compares \"" + key + "\" with something that is no string, number or boolean",
          "Use exists to ask whether a key is there, and in for several values.");
    }
    return plain;
  }

  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("$") ? lower.substring(1) : lower;
  }

  private static InvalidInput wrong(String problem, String hint) {
    return new InvalidInput("filters", problem, hint);
  }
}
