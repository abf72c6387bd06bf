package dev.agenticmemory.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The arguments of one call, read by name. A wrong one is an [InvalidInput] that names it. Null
/// counts as left out: many models write it for what they do not use.
public final class Arguments {

  private final ObjectNode node;

  public Arguments(ObjectNode node) {
    this.node = node;
  }

  /// Refuses what is not among `known`, so that a misspelt argument is not silently a default.
  public void requireOnly(List<String> known) {
    node.fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) {
            throw new InvalidInput(
                shown(name), "is not an argument here", "Known are: " + known + ".");
          }
        });
  }

  public boolean has(String name) {
    return node.hasNonNull(name);
  }

  public @Nullable String text(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw wrongType(name, value, "a string");
    }
    return value.textValue();
  }

  public String requiredText(String name) {
    String text = text(name);
    if (text == null) {
      throw new InvalidInput(name, "is missing", "Pass it as a string.");
    }
    return text;
  }

  public @Nullable UserId user() {
    return id("user_id", UserId::new);
  }

  public @Nullable AgentId agent() {
    return id("agent_id", AgentId::new);
  }

  public @Nullable RunId run() {
    return id("run_id", RunId::new);
  }

  public MemoryId memoryId() {
    return MemoryId.parse(requiredText("memory_id"));
  }

  public int integer(String name, int fallback, int min, int max) {
    JsonNode value = value(name);
    if (value == null) {
      return fallback;
    }
    if (!value.isNumber()) {
      throw wrongType(name, value, "a whole number from %d to %d".formatted(min, max));
    }
    BigDecimal number = value.decimalValue();
    // The range first: a huge exponent costs nothing to compare, and minutes to expand.
    if (number.compareTo(BigDecimal.valueOf(min)) < 0
        || number.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw new InvalidInput(
          name, "is " + shown(value.asText()), "Pass a number from %d to %d.".formatted(min, max));
    }
    if (number.stripTrailingZeros().scale() > 0) {
      throw wrongType(name, value, "a whole number from %d to %d".formatted(min, max));
    }
    return number.intValue();
  }

  public double number(String name, double fallback) {
    JsonNode value = value(name);
    if (value == null) {
      return fallback;
    }
    if (!value.isNumber()) {
      throw wrongType(name, value, "a number");
    }
    return value.doubleValue();
  }

  public boolean flag(String name, boolean fallback) {
    JsonNode value = value(name);
    if (value == null) {
      return fallback;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, value, "true or false");
    }
    return value.booleanValue();
  }

  public @Nullable ObjectNode object(String name) {
    JsonNode value = value(name);
    return switch (value) {
      case null -> null;
      case ObjectNode object -> object;
      default -> throw wrongType(name, value, "an object");
    };
  }

  public @Nullable ArrayNode array(String name) {
    JsonNode value = value(name);
    return switch (value) {
      case null -> null;
      case ArrayNode array -> array;
      default -> throw wrongType(name, value, "an array");
    };
  }

  public @Nullable Metadata metadata() {
    ObjectNode object = object("metadata");
    return object == null ? null : MetadataJson.read(object);
  }

  /// A time in ISO-8601: with an offset, without one (UTC), or a day (its beginning, UTC).
  public @Nullable Instant instant(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    return Optional.<Instant>empty()
        .or(() -> parsed(text, t -> OffsetDateTime.parse(t).toInstant()))
        .or(() -> parsed(text, t -> LocalDateTime.parse(t).toInstant(ZoneOffset.UTC)))
        .or(() -> parsed(text, t -> LocalDate.parse(t).atStartOfDay(ZoneOffset.UTC).toInstant()))
        .orElseThrow(() ->
            new InvalidInput(
                name,
                "is not a time: \"" + shown(text) + "\"",
                "Pass ISO-8601, such as 2026-03-23T14:30:00Z or 2026-03-23."));
  }

  private static Optional<Instant> parsed(String text, Function<String, Instant> parse) {
    try {
      return Optional.of(parse.apply(text.strip()));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private <T> @Nullable T id(String name, Function<String, T> make) {
    String text = text(name);
    return text == null ? null : make.apply(text);
  }

  private @Nullable JsonNode value(String name) {
    return has(name) ? node.get(name) : null;
  }

  private static InvalidInput wrongType(String name, JsonNode value, String expected) {
    String kind =
        switch (value.getNodeType()) {
          case STRING -> "a string";
          case NUMBER -> "the number " + shown(value.asText());
          case BOOLEAN -> "a boolean";
          case ARRAY -> "an array";
          case OBJECT -> "an object";
          case NULL, MISSING, BINARY, POJO -> "nothing";
        };
    return new InvalidInput(name, "is " + kind, "Pass " + expected + ".");
  }

  /// `text`, cut to what an error can show.
  private static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
