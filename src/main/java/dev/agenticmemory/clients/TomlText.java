package dev.agenticmemory.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.agenticmemory.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// TOML. What is put and removed are whole tables; a value inside of one is for a person to edit.
record TomlText(String text) implements ConfigText {

  private static final TomlMapper TOML = new TomlMapper();

  @Override
  public ObjectNode tree() {
    try {
      return TOML.readTree(text) instanceof ObjectNode object ? object : Json.object();
    } catch (JsonProcessingException e) {
      throw new UneditableConfig(
          "line %d: %s".formatted(e.getLocation().getLineNr(), e.getOriginalMessage()));
    }
  }

  @Override
  public TomlText put(List<String> path, JsonNode value) {
    String rest = remove(path).text();
    String table = table(path, value).strip() + "\n";
    TomlText result = new TomlText(rest.isBlank() ? table : rest.stripTrailing() + "\n\n" + table);
    if (!result.at(path).equals(value)) {
      throw new UneditableConfig("%s is written in another way".formatted(String.join(".", path)));
    }
    return result;
  }

  @Override
  public TomlText remove(List<String> path) {
    if (at(path).isMissingNode()) {
      return this;
    }
    List<String> kept = new ArrayList<>();
    boolean inside = false;
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("[")) {
        inside = isIn(line, path);
      }
      if (!inside) {
        kept.add(line);
      }
    }
    TomlText result = new TomlText(String.join("\n", kept).stripTrailing() + "\n");
    if (!result.at(path).isMissingNode() || !sameBut(path, result)) {
      throw new UneditableConfig("%s is written in another way".formatted(String.join(".", path)));
    }
    return result;
  }

  /// Whether everything else is as it was.
  private boolean sameBut(List<String> path, TomlText other) {
    JsonNode mine = at(path.subList(0, path.size() - 1)).deepCopy();
    ((ObjectNode) mine).remove(path.getLast());
    JsonNode theirs = other.at(path.subList(0, path.size() - 1));
    return mine.equals(theirs) || (mine.isEmpty() && theirs.isMissingNode());
  }

  /// Whether a line is the header of the table at `path`, or of one in it.
  private static boolean isIn(String header, List<String> path) {
    String name = String.join(".", path);
    return header.startsWith("[" + name + "]") || header.startsWith("[" + name + ".");
  }

  private static String table(List<String> path, JsonNode table) {
    String name = String.join(".", path);
    StringBuilder text = new StringBuilder("\n[%s]\n".formatted(name));
    StringBuilder inner = new StringBuilder();
    for (Map.Entry<String, JsonNode> member : table.properties()) {
      if (member.getValue() instanceof ObjectNode object) {
        List<String> deeper = new ArrayList<>(path);
        deeper.add(member.getKey());
        inner.append(table(deeper, object));
      } else {
        text.append("%s = %s\n".formatted(member.getKey(), value(member.getValue())));
      }
    }
    return text.append(inner).toString();
  }

  private static String value(JsonNode value) {
    if (value.isArray()) {
      return value.valueStream().map(TomlText::value).collect(Collectors.joining(", ", "[", "]"));
    }
    return Json.print(value); // A JSON string is a TOML one.
  }
}
