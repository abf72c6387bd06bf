package dev.agenticmemory.clients;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.Json5;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// JSON and JSON5.
record JsonText(String text) implements ConfigText {

  /// Where no line of the file shows another.
  private static final String INDENT = "  ";

  private static final Pattern INDENTED = Pattern.compile("(?m)^([ \\t]+)\\S");
  private static final Pattern COMMENT = Pattern.compile("//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

  /// A member of an object, or the whole text (then `nameStart` is `start`): where it is.
  ///
  /// @param start of its value
  /// @param end behind its value
  /// @param lastEnd for an object: behind its last member's value; `start + 1` where it is empty
  /// @param depth how many objects it is in
  private record Found(int nameStart, int start, int end, int lastEnd, int depth, JsonToken kind) {

    boolean isEmpty() {
      return lastEnd == start + 1;
    }
  }

  @Override
  public ObjectNode tree() {
    if (text.isBlank()) {
      return Json.object();
    }
    try {
      if (Json5.parse(text) instanceof ObjectNode object) {
        return object;
      }
      throw new UneditableConfig("it is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new UneditableConfig(
          "line %d: %s".formatted(e.getLocation().getLineNr(), e.getOriginalMessage()));
    }
  }

  @Override
  public JsonText put(List<String> path, JsonNode value) {
    if (text.isBlank()) {
      return new JsonText("{}\n").put(path, value);
    }
    ObjectNode expected = tree();
    set(expected, path, value);
    return checked(edited(path, value), expected);
  }

  private String edited(List<String> path, JsonNode value) {
    Found whole = find(path);
    if (whole != null) {
      return replaced(whole.start(), whole.end(), printed(value, whole.depth()));
    }
    int known = path.size() - 1;
    Found parent = find(path.subList(0, known));
    while (parent == null) {
      known--;
      parent = find(path.subList(0, known));
    }
    if (parent.kind() != JsonToken.START_OBJECT) {
      throw new UneditableConfig(
          "%s is not an object".formatted(String.join(".", path.subList(0, known))));
    }
    JsonNode inner = value;
    for (int i = path.size() - 1; i > known; i--) {
      inner = Json.object().set(path.get(i), inner);
    }
    return inserted(parent, path.get(known), inner);
  }

  private String inserted(Found parent, String name, JsonNode value) {
    int depth = parent.depth() + 1;
    String rest = text.substring(parent.lastEnd(), parent.end() - 1);
    boolean comma = !parent.isEmpty() && !COMMENT.matcher(rest).replaceAll("").contains(",");
    return text.substring(0, parent.lastEnd())
        + (comma ? "," : "")
        + rest.stripTrailing()
        + newline(depth)
        + Json.print(TextNode.valueOf(name))
        + ": "
        + printed(value, depth)
        + newline(parent.depth())
        + text.substring(parent.end() - 1);
  }

  @Override
  public JsonText remove(List<String> path) {
    Found found = find(path);
    if (found == null) {
      return this;
    }
    ObjectNode expected = tree();
    unset(expected, path);
    JsonText rest = checked(without(found), expected);
    List<String> parent = path.subList(0, path.size() - 1);
    return !parent.isEmpty() && rest.at(parent).isEmpty() ? rest.remove(parent) : rest;
  }

  /// Takes one comma away with the member: the one behind it, else the one before.
  private String without(Found found) {
    int end = found.end();
    int behind = skipBlanks(end);
    if (behind < text.length() && text.charAt(behind) == ',') {
      return replaced(found.nameStart(), skipLine(behind + 1, found.nameStart()), "");
    }
    int before = found.nameStart() - 1;
    while (before > 0 && Character.isWhitespace(text.charAt(before))) {
      before--;
    }
    boolean comma = text.charAt(before) == ',';
    return replaced(comma ? before : before + 1, end, "");
  }

  /// Behind the line's end and the next line's blanks, where a member began a line of its own.
  private int skipLine(int from, int nameStart) {
    int lineStart = text.lastIndexOf('\n', nameStart - 1) + 1;
    return text.substring(lineStart, nameStart).isBlank() ? skipBlanks(from) : from;
  }

  private int skipBlanks(int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private String replaced(int start, int end, String with) {
    return text.substring(0, start) + with + text.substring(end);
  }

  /// The edited text, which must say exactly what was meant.
  private static JsonText checked(String edited, ObjectNode expected) {
    JsonText result = new JsonText(edited);
    if (!result.tree().equals(expected)) {
      throw new UneditableConfig("its layout is one that is not understood");
    }
    return result;
  }

  private static void set(ObjectNode tree, List<String> path, JsonNode value) {
    ObjectNode at = tree;
    for (String name : path.subList(0, path.size() - 1)) {
      at = at.get(name) instanceof ObjectNode inner ? inner : at.putObject(name);
    }
    at.set(path.getLast(), value);
  }

  private static void unset(ObjectNode tree, List<String> path) {
    JsonNode at = tree;
    for (String name : path.subList(0, path.size() - 1)) {
      at = at.path(name);
    }
    ((ObjectNode) at).remove(path.getLast());
  }

  private String printed(JsonNode value, int depth) {
    return Json.pretty(value)
        .lines()
        .map(this::reindented)
        .collect(Collectors.joining(newline(depth)));
  }

  /// A line that is indented by [#INDENT], by this file's own indent.
  private String reindented(String line) {
    String content = line.stripLeading();
    return indent().repeat((line.length() - content.length()) / INDENT.length()) + content;
  }

  private String newline(int depth) {
    return "\n" + indent().repeat(depth);
  }

  private String indent() {
    Matcher first = INDENTED.matcher(text);
    return first.find() ? first.group(1) : INDENT;
  }

  /// Where the value at `path` is; null where nothing is.
  private @Nullable Found find(List<String> path) {
    try (JsonParser parser = Json5.tokens(text)) {
      parser.nextToken();
      return find(parser, path, offset(parser), 0);
    } catch (IOException e) {
      throw new UneditableConfig(String.valueOf(e.getMessage()));
    }
  }

  /// With the parser at the beginning of a value.
  private static @Nullable Found find(
      JsonParser parser, List<String> path, int nameStart, int depth) throws IOException {
    if (path.isEmpty()) {
      return found(parser, nameStart, depth);
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    Found last = null; // Of members with the same name the last one counts.
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean named = parser.currentName().equals(path.getFirst());
      int start = offset(parser);
      parser.nextToken();
      if (named) {
        last = find(parser, path.subList(1, path.size()), start, depth + 1);
      } else {
        parser.skipChildren();
      }
    }
    return last;
  }

  private static Found found(JsonParser parser, int nameStart, int depth) throws IOException {
    JsonToken kind = parser.currentToken();
    int start = offset(parser);
    int lastEnd = start + 1;
    if (kind == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        parser.nextToken();
        parser.skipChildren();
        lastEnd = end(parser);
      }
    } else {
      parser.skipChildren();
    }
    return new Found(nameStart, start, end(parser), lastEnd, depth, kind);
  }

  private static int offset(JsonParser parser) {
    return (int) parser.currentTokenLocation().getCharOffset();
  }

  private static int end(JsonParser parser) throws IOException {
    parser.finishToken();
    return (int) parser.currentLocation().getCharOffset();
  }
}
