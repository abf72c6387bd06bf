package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Everything but memories as documents: history, marks, tasks and seals, told apart by `kind`.
///
/// Each counts from the revision `born` on until `gone`, if that is set, as [States] do.
final class Records {

  static final String HISTORY = "history";
  static final String MARK = "mark";
  static final String TASK = "task";
  static final String SEAL = "seal";

  /// Entries of history are in the order of the revision and of their place in the change set.
  static final long SEQUENCES_PER_REVISION = 1_000_000;

  private Records() {}

  static ObjectNode kind(String kind) {
    return Dsl.term("kind", kind);
  }

  static ObjectNode name(String kind, String name) {
    return Dsl.all(kind(kind), Dsl.term("name", name));
  }

  private static ObjectNode record(String kind, String name, String docId, long revision) {
    return Dsl.object().put("kind", kind).put("name", name).put("doc", docId).put("born", revision);
  }

  // History.

  static ObjectNode history(Scope scope, HistoryEntry entry, long sequence, long revision) {
    ObjectNode doc =
        record(
            HISTORY,
            entry.memory().toString(),
            "history-%s-%d-%d".formatted(entry.memory(), sequence, revision),
            revision);
    States.printScope(scope, doc);
    doc.put("seq", sequence).put("texts", entry.oldText() != null || entry.newText() != null);
    ObjectNode body = Dsl.object().put("event", entry.event().name());
    body.put("old", entry.oldText()).put("new", entry.newText());
    body.put("at", entry.at().toEpochMilli()).put("actor", entry.actor());
    body.put("reason", entry.reason()).put("related", print(entry.related()));
    return doc.put("body", Json.print(body));
  }

  static HistoryEntry history(JsonNode doc) {
    JsonNode body = Json.parseOwn(doc.path("body").asText());
    return new HistoryEntry(
        MemoryId.parse(doc.path("name").asText()),
        Event.valueOf(body.path("event").asText()),
        States.nullable(body, "old", Function.identity()),
        States.nullable(body, "new", Function.identity()),
        Instant.ofEpochMilli(body.path("at").asLong()),
        body.path("actor").asText(),
        body.path("reason").asText(),
        States.nullable(body, "related", MemoryId::parse));
  }

  /// The same entry without its texts, as a document that takes the other's place.
  static ObjectNode withoutTexts(JsonNode doc, long revision) {
    HistoryEntry entry = withoutTexts(history(doc));
    return history(States.scope(doc), entry, doc.path("seq").asLong(), revision);
  }

  static HistoryEntry withoutTexts(HistoryEntry entry) {
    return new HistoryEntry(
        entry.memory(),
        entry.event(),
        null,
        null,
        entry.at(),
        entry.actor(),
        entry.reason(),
        entry.related());
  }

  // Marks.

  static String name(Mark.Name name) {
    return TextHash.sha256(
        Json.array().add(name.kind()).add(name.user()).add(name.key()).toString());
  }

  static ObjectNode mark(Mark mark, long revision) {
    String name = name(mark.name());
    ObjectNode doc = record(MARK, name, "mark-%s-%d".formatted(name, revision), revision);
    doc.put("type", mark.name().kind()).put("key", mark.name().key());
    if (mark.name().user() != null) {
      doc.put("user", mark.name().user());
    }
    ObjectNode body = Dsl.object().put("key", mark.name().key()).put("value", mark.value());
    return doc.put("body", Json.print(body.put("written", mark.written().toEpochMilli())));
  }

  static Mark mark(JsonNode doc) {
    JsonNode body = Json.parseOwn(doc.path("body").asText());
    return new Mark(
        new Mark.Name(
            doc.path("type").asText(),
            States.nullable(doc, "user", Function.identity()),
            body.path("key").asText()),
        body.path("value").asText(),
        Instant.ofEpochMilli(body.path("written").asLong()));
  }

  // Tasks.

  static String name(String taskId) {
    return TextHash.sha256(taskId);
  }

  static ObjectNode task(Task task, @Nullable Lease lease, long revision) {
    String name = name(task.id());
    ObjectNode doc = record(TASK, name, "task-%s-%d".formatted(name, revision), revision);
    doc.put("type", task.kind()).put("key", task.id()).put("due", task.due().toEpochMilli());
    if (task.memory() != null) {
      doc.put("memory", task.memory().toString());
    }
    if (lease != null) {
      doc.put("token", lease.token()).put("until", lease.until().toEpochMilli());
    }
    ObjectNode body = Dsl.object().put("id", task.id()).put("payload", task.payload());
    return doc.put("body", Json.print(body.put("attempts", task.attempts())));
  }

  static Task task(JsonNode doc) {
    JsonNode body = Json.parseOwn(doc.path("body").asText());
    return new Task(
        body.path("id").asText(),
        doc.path("type").asText(),
        States.nullable(doc, "memory", MemoryId::parse),
        Instant.ofEpochMilli(doc.path("due").asLong()),
        body.path("attempts").asInt(),
        body.path("payload").asText());
  }

  /// Whether the task of this document is held under `lease`.
  static boolean isHeld(JsonNode doc, Lease lease) {
    return doc.path("token").asText().equals(lease.token());
  }

  // Seals.

  /// The seal of a user's text.
  static String seal(StoreKey key, UserId user, String textHash) {
    return key.hash(user.value(), textHash);
  }

  /// @param seal under the key that the store has
  static ObjectNode sealed(UserId user, String seal, long revision) {
    return record(SEAL, seal, "seal-%s-%d".formatted(seal, revision), revision)
        .put("user", user.value());
  }

  static Seal seal(JsonNode doc) {
    return new Seal(new UserId(doc.path("user").asText()), doc.path("name").asText());
  }

  private static @Nullable String print(@Nullable MemoryId id) {
    return id == null ? null : Objects.toString(id);
  }
}
