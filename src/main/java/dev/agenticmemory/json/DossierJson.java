package dev.agenticmemory.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.UserId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All that is kept of one memory as a JSON object, vectors and words left out: they are made anew
/// where it is read.
public final class DossierJson {

  /// One memory with its states and what happened to it.
  ///
  /// @param states oldest first, at least one
  public record Kept(MemoryId id, Scope scope, List<State> states, List<HistoryEntry> history) {
    public Kept {
      states = List.copyOf(states);
      history = List.copyOf(history);
    }
  }

  /// A state of the memory, and while it held.
  ///
  /// @param until null while it does
  public record State(Memory memory, Instant from, @Nullable Instant until) {}

  private DossierJson() {}

  public static ObjectNode write(Kept kept) {
    ObjectNode node = Json.object().put("id", kept.id().toString());
    Scope scope = kept.scope();
    node.put("user_id", scope.user().value());
    put(node, "agent_id", scope.agent());
    put(node, "run_id", scope.run());
    ArrayNode states = node.putArray("states");
    kept.states().forEach(state -> states.add(write(state)));
    ArrayNode history = node.putArray("history");
    kept.history().forEach(entry -> history.add(write(entry)));
    return node;
  }

  private static ObjectNode write(State state) {
    Memory memory = state.memory();
    Content content = memory.content();
    ObjectNode node = Json.object().put("version", memory.version()).put("memory", memory.text());
    put(node, "category", content.category());
    if (content.shared()) {
      node.put("shared", true);
    }
    if (!content.metadata().isEmpty()) {
      node.set("metadata", MetadataJson.write(content.metadata()));
    }
    if (content.stage() != Stage.SETTLED) {
      node.put("stage", lower(content.stage()));
    }
    node.put("source", lower(memory.origin().source()));
    node.put("attributed_to", lower(memory.origin().author()));
    put(node, "conversation", memory.origin().conversation());
    Times times = memory.times();
    put(node, "created_at", times.created());
    put(node, "updated_at", times.updated());
    put(node, "observed_at", times.observed());
    put(node, "expires_at", times.expires());
    put(node, "valid_from", state.from());
    put(node, "valid_until", state.until());
    return node;
  }

  private static ObjectNode write(HistoryEntry entry) {
    ObjectNode node = Json.object().put("event", entry.event().name());
    put(node, "old_memory", entry.oldText());
    put(node, "new_memory", entry.newText());
    put(node, "at", entry.at());
    put(node, "actor", entry.actor());
    put(node, "reason", entry.reason());
    put(node, "related_id", entry.related());
    return node;
  }

  /// Throws `InvalidInput` that names what is missing or wrong.
  public static Kept read(JsonNode node) {
    MemoryId id = required(node, "id", MemoryId::parse);
    Scope scope =
        new Scope(
            required(node, "user_id", UserId::new),
            optional(node, "agent_id", AgentId::new),
            optional(node, "run_id", RunId::new));
    List<State> states = new ArrayList<>();
    node.path("states").forEach(state -> states.add(state(id, scope, state)));
    if (states.isEmpty()) {
      throw missing("states");
    }
    List<HistoryEntry> history = new ArrayList<>();
    node.path("history").forEach(entry -> history.add(entry(id, entry)));
    return new Kept(id, scope, states, history);
  }

  private static State state(MemoryId id, Scope scope, JsonNode node) {
    Stage stage = optional(node, "stage", name(Stage.class));
    Content content =
        new Content(
            required(node, "memory", text -> text),
            optional(node, "category", text -> text),
            node.path("shared").asBoolean(),
            node.get("metadata") instanceof ObjectNode metadata
                ? MetadataJson.read(metadata)
                : Metadata.EMPTY,
            stage == null ? Stage.SETTLED : stage);
    Origin origin =
        new Origin(
            required(node, "source", name(Source.class)),
            required(node, "attributed_to", name(Author.class)),
            optional(node, "conversation", UUID::fromString));
    Times times =
        new Times(
            required(node, "created_at", Instant::parse),
            required(node, "updated_at", Instant::parse),
            optional(node, "observed_at", Instant::parse),
            optional(node, "expires_at", Instant::parse));
    Memory memory = new Memory(id, scope, content, origin, times, node.path("version").asLong(1));
    return new State(
        memory,
        required(node, "valid_from", Instant::parse),
        optional(node, "valid_until", Instant::parse));
  }

  private static HistoryEntry entry(MemoryId id, JsonNode node) {
    return new HistoryEntry(
        id,
        required(node, "event", name(Event.class)),
        optional(node, "old_memory", text -> text),
        optional(node, "new_memory", text -> text),
        required(node, "at", Instant::parse),
        required(node, "actor", text -> text),
        required(node, "reason", text -> text),
        optional(node, "related_id", MemoryId::parse));
  }

  private static <T> T required(JsonNode node, String name, Function<String, T> parse) {
    T value = optional(node, name, parse);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private static <T> @Nullable T optional(JsonNode node, String name, Function<String, T> parse) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      return parse.apply(value.asText());
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new InvalidInput(
          name,
          "cannot be read: \"" + value.asText() + "\"",
          "Write it as `agentic-memory export` does.");
    }
  }

  private static InvalidInput missing(String name) {
    return new InvalidInput(name, "is missing", "Write it as `agentic-memory export` does.");
  }

  private static <E extends Enum<E>> Function<String, E> name(Class<E> type) {
    return text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void put(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }
}
