package dev.agenticmemory.domain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Free JSON values that a caller keeps with a memory. Immutable.
///
/// @param values strings, numbers, booleans, null, lists and string-keyed maps of these
public record Metadata(Map<String, @Nullable Object> values) {

  /// Most characters of keys and strings together: metadata is read with every hit.
  public static final int CHARS_MAX = 16_384;

  /// Deepest nesting; deeper data is a document, not metadata.
  public static final int DEPTH_MAX = 8;

  public static final Metadata EMPTY = new Metadata(Map.of());

  public Metadata {
    Size size = new Size();
    values = copy(values, 1, size);
  }

  /// These values with `changes` laid over them; a change to null removes the key.
  public Metadata merged(Metadata changes) {
    Map<String, @Nullable Object> merged = new LinkedHashMap<>(values);
    changes.values.forEach((key, value) -> {
      if (value == null) {
        merged.remove(key);
      } else {
        merged.put(key, value);
      }
    });
    return new Metadata(merged);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  private static Map<String, @Nullable Object> copy(
      Map<?, ? extends @Nullable Object> map, int depth, Size size) {
    requireDepth(depth);
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      Unicode.requireWellFormed("metadata", name);
      size.add(name.length());
      copy.put(name, copy(value, depth + 1, size));
    });
    return Collections.unmodifiableMap(copy);
  }

  private static @Nullable Object copy(@Nullable Object value, int depth, Size size) {
    return switch (value) {
      case null -> null;
      case String text -> {
        Unicode.requireWellFormed("metadata", text);
        size.add(text.length());
        yield text;
      }
      case Boolean flag -> flag;
      case Number number -> {
        size.add(number.toString().length());
        yield number;
      }
      case Map<?, ?> map -> copy(map, depth, size);
      case List<?> list -> {
        requireDepth(depth);
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object element : list) {
          size.add(1);
          copy.add(copy(element, depth + 1, size));
        }
        yield Collections.unmodifiableList(copy);
      }
      default ->
          throw new IllegalArgumentException("Not a JSON value: " + value.getClass().getName());
    };
  }

  private static void requireDepth(int depth) {
    if (depth > DEPTH_MAX) {
      throw new InvalidInput(
          "metadata", "is nested deeper than " + DEPTH_MAX + " levels", "Flatten it.");
    }
  }

  private static final class Size {
    private int chars;

    void add(int more) {
      chars += more;
      if (chars > CHARS_MAX) {
        throw new InvalidInput(
            "metadata",
            "has more than %,d characters".formatted(CHARS_MAX),
            "Keep the bulk in the text, or outside, and a reference here.");
      }
    }
  }
}
