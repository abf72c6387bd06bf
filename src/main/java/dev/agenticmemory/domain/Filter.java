package dev.agenticmemory.domain;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A condition on the metadata of a memory.
///
/// A key that is missing fulfils only [Compare.Operator#NE], [Compare.Operator#NIN] and a negation.
/// Numbers are compared as numbers, strings as strings; values of two kinds are never equal and
/// never in order. Where the stored value is a list, [Compare.Operator#CONTAINS] looks for an
/// element.
public sealed interface Filter {

  /// Whether `metadata` fulfils the condition.
  boolean matches(Metadata metadata);

  /// The keys of metadata that it looks at, each once.
  Stream<String> keys();

  /// Fulfilled by everything.
  Filter ALL = new And(List.of());

  /// All of `parts`; everything where there are none.
  record And(List<Filter> parts) implements Filter {
    public And {
      parts = List.copyOf(parts);
    }

    @Override
    public Stream<String> keys() {
      return parts.stream().flatMap(Filter::keys).distinct();
    }

    @Override
    public boolean matches(Metadata metadata) {
      return parts.stream().allMatch(part -> part.matches(metadata));
    }
  }

  /// At least one of `parts`; nothing where there are none.
  record Or(List<Filter> parts) implements Filter {
    public Or {
      parts = List.copyOf(parts);
    }

    @Override
    public Stream<String> keys() {
      return parts.stream().flatMap(Filter::keys).distinct();
    }

    @Override
    public boolean matches(Metadata metadata) {
      return parts.stream().anyMatch(part -> part.matches(metadata));
    }
  }

  /// What `part` does not fulfil.
  record Not(Filter part) implements Filter {
    @Override
    public Stream<String> keys() {
      return part.keys();
    }

    @Override
    public boolean matches(Metadata metadata) {
      return !part.matches(metadata);
    }
  }

  /// Whether `key` is there (`true`) or not (`false`). A key whose value is null is there.
  record Exists(String key, boolean expected) implements Filter {
    @Override
    public Stream<String> keys() {
      return Stream.of(key);
    }

    @Override
    public boolean matches(Metadata metadata) {
      return metadata.values().containsKey(key) == expected;
    }
  }

  /// Whether the value of `key` is one of `values`.
  ///
  /// @param expected false for "is none of them"
  record In(String key, List<?> values, boolean expected) implements Filter {
    public In {
      values = List.copyOf(values);
    }

    @Override
    public Stream<String> keys() {
      return Stream.of(key);
    }

    @Override
    public boolean matches(Metadata metadata) {
      Object stored = metadata.values().get(key);
      return values.stream().anyMatch(value -> same(stored, value)) == expected;
    }
  }

  /// Compares the value of `key` with `value`, a string, number or boolean.
  record Compare(String key, Operator operator, Object value) implements Filter {

    public enum Operator {
      EQ,
      NE,
      GT,
      GTE,
      LT,
      LTE,
      CONTAINS
    }

    @Override
    public Stream<String> keys() {
      return Stream.of(key);
    }

    @Override
    public boolean matches(Metadata metadata) {
      Object stored = metadata.values().get(key);
      return switch (operator) {
        case EQ -> same(stored, value);
        case NE -> !same(stored, value);
        case GT -> inOrder(stored, sign -> sign > 0);
        case GTE -> inOrder(stored, sign -> sign >= 0);
        case LT -> inOrder(stored, sign -> sign < 0);
        case LTE -> inOrder(stored, sign -> sign <= 0);
        case CONTAINS -> contains(stored);
      };
    }

    private boolean contains(@Nullable Object stored) {
      return switch (stored) {
        case String text -> value instanceof String part && text.contains(part);
        case List<?> list -> list.stream().anyMatch(element -> same(element, value));
        case null, default -> false;
      };
    }

    private boolean inOrder(@Nullable Object stored, IntPredicate wanted) {
      if (stored instanceof Number left && value instanceof Number right) {
        return wanted.test(decimal(left).compareTo(decimal(right)));
      }
      if (stored instanceof String left && value instanceof String right) {
        return wanted.test(left.compareTo(right));
      }
      return false;
    }
  }

  private static boolean same(@Nullable Object left, @Nullable Object right) {
    if (left instanceof Number a && right instanceof Number b) {
      return decimal(a).compareTo(decimal(b)) == 0;
    }
    return Objects.equals(left, right);
  }

  private static BigDecimal decimal(Number number) {
    return new BigDecimal(number.toString());
  }
}
