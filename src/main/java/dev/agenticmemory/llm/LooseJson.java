package dev.agenticmemory.llm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the JSON in what a model wrote: between fences and prose, with trailing commas, comments
/// or single quotes. What says two things (a key twice) is not readable.
final class LooseJson {

  /// @param complete false where the text ended before the JSON did
  record Found(JsonNode node, boolean complete) {}

  /// Deeper nesting than any answer has.
  private static final int DEPTH_MAX = 32;

  private static final Pattern THOUGHTS =
      Pattern.compile("<think(?:ing)?>.*?</think(?:ing)?>", Pattern.DOTALL);

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                  .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                  .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                  .enable(JsonReadFeature.ALLOW_BACKSLASH_ESCAPING_ANY_CHARACTER)
                  .build())
          .build();

  private LooseJson() {}

  /// The first object or array in `answer` that has a member `key`, or is an array.
  static Optional<Found> find(String answer, String key) {
    String text = THOUGHTS.matcher(answer).replaceAll("");
    int from = 0;
    while (from >= 0 && from < text.length()) {
      int start = start(text, from);
      if (start < 0) {
        return Optional.empty();
      }
      Optional<Found> found = read(text.substring(start));
      if (found.filter(f -> isAnswer(f.node(), key)).isPresent()) {
        return found;
      }
      // A number in brackets is prose; an object of other members is an answer of another kind.
      from = found.filter(f -> f.node().isArray()).isPresent() ? start + 1 : nextLine(text, start);
    }
    return Optional.empty();
  }

  private static boolean isAnswer(JsonNode node, String key) {
    return node.isArray()
        ? node.isEmpty() || node.path(0).isTextual() || node.path(0).isObject()
        : node.has(key);
  }

  private static int start(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '{' || text.charAt(i) == '[') {
        return i;
      }
    }
    return -1;
  }

  /// Prose may hold a brace; the answer itself then begins on a later line.
  private static int nextLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? -1 : end + 1;
  }

  private static Optional<Found> read(String text) {
    Optional<JsonNode> whole = parse(text);
    if (whole.isPresent()) {
      return whole.map(node -> new Found(node, true));
    }
    return closed(text).flatMap(LooseJson::parse).map(node -> new Found(node, false));
  }

  private static Optional<JsonNode> parse(String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      return node != null && node.isContainerNode() ? Optional.of(node) : Optional.empty();
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  /// A text that was cut off, up to its last whole object and with its brackets closed; empty where
  /// it was not cut off or nothing of it is whole.
  private static Optional<String> closed(String text) {
    Deque<Character> open = new ArrayDeque<>();
    boolean quoted = false;
    String best = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
        continue;
      }
      switch (c) {
        case '"' -> quoted = true;
        case '{' -> open.push('}');
        case '[' -> {
          open.push(']');
          best = best == null ? text.substring(0, i + 1) + closing(open) : best;
        }
        case '}', ']' -> {
          if (open.isEmpty() || open.pop() != c) {
            return Optional.empty();
          }
          if (open.isEmpty()) {
            return Optional.empty();
          }
          best = text.substring(0, i + 1) + closing(open);
        }
        default -> {}
      }
    }
    return Optional.ofNullable(best);
  }

  private static String closing(Deque<Character> open) {
    StringBuilder closing = new StringBuilder();
    open.forEach(closing::append);
    return closing.toString();
  }
}
