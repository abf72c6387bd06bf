package dev.agenticmemory.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads and writes JSON trees. Duplicate keys, trailing text and deep nesting are errors.
public final class Json {

  /// Deepest nesting that is read. Deeper input is an attack on the stack.
  public static final int DEPTH_MAX = 64;

  /// How deep it is looked past what is nested too deep. Each level takes a few dozen bytes.
  private static final int SKIPPED_DEPTH_MAX = 100_000;

  private static final JsonFactory SKIPPING =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(SKIPPED_DEPTH_MAX).build())
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  public static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /// A text or number among the members of an object that is too deep elsewhere to be read; null
  /// where none is found. The rest is skipped, not kept.
  public static @Nullable JsonNode member(String text, String name) {
    try (JsonParser parser = SKIPPING.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean named = parser.currentName().equals(name);
        JsonToken value = parser.nextToken();
        if (named) {
          return value == JsonToken.VALUE_STRING
              ? JsonNodeFactory.instance.textNode(parser.getText())
              : value.isNumeric() ? parse(parser.getText()) : null;
        }
        parser.skipChildren();
      }
      return null;
    } catch (IOException _) {
      return null;
    }
  }

  /// Parses what the program itself wrote, where anything but JSON is a bug.
  public static JsonNode parseOwn(String text) {
    try {
      return parse(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Not JSON: " + e.getOriginalMessage(), e);
    }
  }

  public static String print(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree can always be written", e);
    }
  }

  /// Indented by two, byte for byte as `JSON.stringify(node, null, 2)` of JavaScript prints it,
  /// given that its numbers are as JavaScript writes them.
  public static String pretty(JsonNode node) {
    StringBuilder out = new StringBuilder();
    pretty(node, "\n", out);
    return out.toString();
  }

  private static void pretty(JsonNode node, String newline, StringBuilder out) {
    String deeper = newline + "  ";
    if (node.isEmpty() || node.isValueNode()) {
      out.append(print(node));
    } else if (node.isArray()) {
      String separator = "[";
      for (JsonNode element : node) {
        out.append(separator).append(deeper);
        pretty(element, deeper, out);
        separator = ",";
      }
      out.append(newline).append(']');
    } else {
      String separator = "{";
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        out.append(separator).append(deeper);
        out.append(print(JsonNodeFactory.instance.textNode(member.getKey()))).append(": ");
        pretty(member.getValue(), deeper, out);
        separator = ",";
      }
      out.append(newline).append('}');
    }
  }
}
