package dev.agenticmemory.openclaw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json5;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `openclaw.json` as OpenClaw reads it: JSON5, with `$include` of other files and `${NAME}` of the
/// environment.
final class ConfigFile {

  /// Deepest chain of includes; a deeper one is a circle.
  private static final int INCLUDES_MAX = 10;

  private static final String INCLUDE = "$include";

  private static final Pattern VARIABLE = Pattern.compile("(\\$?)\\$\\{([A-Z_][A-Z0-9_]*)}");

  private final Map<String, String> environment;

  ConfigFile(Map<String, String> environment) {
    this.environment = environment;
  }

  /// The configuration in `file`, includes and variables put in.
  JsonNode read(Path file) {
    return read(file, 0);
  }

  private JsonNode read(Path file, int depth) {
    if (depth > INCLUDES_MAX) {
      throw unreadable(file, "it is included more than %d levels deep".formatted(INCLUDES_MAX));
    }
    try {
      return resolved(Json5.parse(TextFile.read(file).text()), file, depth);
    } catch (JsonProcessingException e) {
      throw unreadable(file, e.getOriginalMessage());
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    }
  }

  private JsonNode resolved(JsonNode node, Path file, int depth) {
    if (node.isTextual()) {
      return TextNode.valueOf(substituted(node.textValue()));
    }
    if (node.isArray()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> all.add(resolved(element, file, depth)));
      return all;
    }
    return node instanceof ObjectNode object ? included(object, file, depth) : node;
  }

  /// An object over what it includes: its own members win.
  private JsonNode included(ObjectNode object, Path file, int depth) {
    JsonNode base = JsonNodeFactory.instance.objectNode();
    JsonNode includes = object.path(INCLUDE);
    Iterable<JsonNode> names =
        includes.isTextual() ? JsonNodeFactory.instance.arrayNode().add(includes) : includes;
    for (JsonNode name : names) {
      Path other = file.resolveSibling(substituted(name.asText())).normalize();
      base = merged(base, read(other, depth + 1));
    }
    ObjectNode own = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!member.getKey().equals(INCLUDE)) {
        own.set(member.getKey(), resolved(member.getValue(), file, depth));
      }
    }
    return own.isEmpty() && object.has(INCLUDE) ? base : merged(base, own);
  }

  private static JsonNode merged(JsonNode below, JsonNode above) {
    if (!(below instanceof ObjectNode) || !(above instanceof ObjectNode)) {
      return above;
    }
    ObjectNode merged = below.deepCopy();
    for (Map.Entry<String, JsonNode> member : above.properties()) {
      JsonNode under = merged.get(member.getKey());
      merged.set(
          member.getKey(), under == null ? member.getValue() : merged(under, member.getValue()));
    }
    return merged;
  }

  /// A variable that is not set stays as it is written: it may concern what is of no use here.
  private String substituted(String text) {
    return VARIABLE.matcher(text).replaceAll(this::value);
  }

  private String value(MatchResult variable) {
    String name = variable.group(2);
    String written = "${" + name + "}";
    boolean escaped = !variable.group(1).isEmpty();
    String value = escaped ? written : environment.getOrDefault(name, written);
    return Matcher.quoteReplacement(value);
  }

  private static Unavailable unreadable(Path file, String why) {
    return new Unavailable(
        "OpenClaw's configuration %s cannot be read: %s".formatted(file, why),
        "Mend the file, or set MEMORY_WORKSPACES to name the folders yourself.",
        null);
  }
}
