package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Filter.Compare;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.TextHash;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Metadata as tokens of one keyword field, and filters as queries on these: whatever keys callers
/// use, the mapping stays the same, and a filter means what it means everywhere.
///
/// A token is the key with its length before it, one letter for the kind of value, and the value.
/// Numbers are written so that their texts are in the order of the numbers. Strings are in the
/// order of their characters; beyond [#TOKEN_CHARS_MAX] they are equal or not, and no more.
final class Facets {

  static final String FIELD = "facets";

  /// Lucene takes terms of 32,766 bytes; a character has up to three.
  static final int TOKEN_CHARS_MAX = 10_000;

  private static final char PRESENT = 'a';
  private static final char BOOLEAN = 'b';
  private static final char ELEMENT = 'e';
  private static final char NUMBER = 'n';
  private static final char STRING = 's';

  /// Added to exponents, so that all have ten digits and none a sign.
  private static final long EXPONENT_OFFSET = 5_000_000_000L;

  private Facets() {}

  static Set<String> of(Metadata metadata) {
    Set<String> tokens = new LinkedHashSet<>();
    metadata
        .values()
        .forEach((key, value) -> {
          String name = name(key);
          tokens.add(bounded(name + PRESENT));
          if (value instanceof List<?> list) {
            for (Object element : list) {
              String scalar = scalar(element);
              if (scalar != null) {
                tokens.add(bounded(name + ELEMENT + scalar));
              }
            }
          } else {
            String scalar = scalar(value);
            if (scalar != null) {
              tokens.add(bounded(name + scalar));
            }
          }
        });
    return tokens;
  }

  static ObjectNode query(Filter filter) {
    return switch (filter) {
      case Filter.And(List<Filter> parts) -> Dsl.all(parts.stream().map(Facets::query).toList());
      case Filter.Or(List<Filter> parts) ->
          parts.isEmpty() ? Dsl.nothing() : Dsl.any(parts.stream().map(Facets::query).toList());
      case Filter.Not(Filter part) -> Dsl.not(query(part));
      case Filter.Exists(String key, boolean expected) ->
          expectedOr(Dsl.term(FIELD, bounded(name(key) + PRESENT)), expected);
      case Filter.In(String key, List<?> values, boolean expected) ->
          expectedOr(in(key, values), expected);
      case Compare compare -> query(compare);
    };
  }

  private static ObjectNode expectedOr(ObjectNode query, boolean expected) {
    return expected ? query : Dsl.not(query);
  }

  private static ObjectNode in(String key, List<?> values) {
    List<String> tokens = new ArrayList<>();
    for (Object value : values) {
      String scalar = scalar(value);
      if (scalar != null) {
        tokens.add(bounded(name(key) + scalar));
      }
    }
    return Dsl.terms(FIELD, tokens);
  }

  private static ObjectNode query(Compare compare) {
    String name = name(compare.key());
    String scalar = scalar(compare.value());
    if (scalar == null) {
      return Dsl.nothing();
    }
    return switch (compare.operator()) {
      case EQ -> Dsl.term(FIELD, bounded(name + scalar));
      case NE -> Dsl.not(Dsl.term(FIELD, bounded(name + scalar)));
      case GT -> above(name, scalar, "gt");
      case GTE -> above(name, scalar, "gte");
      case LT -> below(name, scalar, "lt");
      case LTE -> below(name, scalar, "lte");
      case CONTAINS -> contains(name, scalar);
    };
  }

  private static ObjectNode above(String name, String scalar, String bound) {
    return isOrdered(scalar)
        ? Dsl.range(
            FIELD, bound, bounded(name + scalar), "lt", name + (char) (scalar.charAt(0) + 1))
        : Dsl.nothing();
  }

  private static ObjectNode below(String name, String scalar, String bound) {
    return isOrdered(scalar)
        ? Dsl.range(FIELD, "gte", name + scalar.charAt(0), bound, bounded(name + scalar))
        : Dsl.nothing();
  }

  private static boolean isOrdered(String scalar) {
    return scalar.charAt(0) != BOOLEAN;
  }

  /// An element of a list, or a part of a string.
  private static ObjectNode contains(String name, String scalar) {
    ObjectNode element = Dsl.term(FIELD, bounded(name + ELEMENT + scalar));
    if (scalar.charAt(0) != STRING) {
      return element;
    }
    String part = scalar.substring(1);
    return Dsl.any(
        element, Dsl.wildcard(FIELD, escaped(name + STRING) + "*" + escaped(part) + "*"));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
  }

  private static String name(String key) {
    return key.length() + ":" + key;
  }

  /// The kind and the value; null for what is no string, number or boolean.
  private static @Nullable String scalar(@Nullable Object value) {
    return switch (value) {
      case String text -> STRING + text;
      case Boolean flag -> BOOLEAN + flag.toString();
      case Number number -> NUMBER + ordered(new BigDecimal(number.toString()));
      case null, default -> null;
    };
  }

  /// A text of a number that sorts as the number does, and is the same for equal numbers.
  static String ordered(BigDecimal number) {
    if (number.signum() == 0) {
      return "1";
    }
    BigDecimal plain = number.abs().stripTrailingZeros();
    long exponent = (long) plain.precision() - plain.scale() + EXPONENT_OFFSET;
    String size = "%010d".formatted(exponent) + plain.unscaledValue();
    return number.signum() > 0 ? "2" + size : "0" + complement(size) + "~";
  }

  private static String complement(String digits) {
    StringBuilder out = new StringBuilder(digits.length());
    digits.chars().forEach(digit -> out.append((char) ('0' + '9' - digit)));
    return out.toString();
  }

  private static String bounded(String token) {
    if (token.length() <= TOKEN_CHARS_MAX) {
      return token;
    }
    int end = TOKEN_CHARS_MAX;
    if (Character.isHighSurrogate(token.charAt(end - 1))) {
      end--;
    }
    return token.substring(0, end) + TextHash.sha256(token);
  }
}
