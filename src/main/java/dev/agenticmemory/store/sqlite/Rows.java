package dev.agenticmemory.store.sqlite;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Origin;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How rows of the tables become values, and values columns.
final class Rows {

  /// The columns that [#memory] reads.
  static final String MEMORY =
      "id, version, user_id, agent_id, run_id, text, category, shared, metadata, source, author,"
          + " conversation, created, updated, observed, expires, stage";

  /// The columns that [#history] reads.
  static final String HISTORY = "memory_id, event, old_text, new_text, at, actor, reason, related";

  /// The columns that [#mark] reads.
  static final String MARK = "kind, user_id, key, value, written";

  /// The columns that [#task] reads.
  static final String TASK = "id, kind, memory_id, due, attempts, payload";

  private Rows() {}

  /// Throws `Unavailable` where the row is damaged.
  static Memory memory(ResultSet row) throws SQLException {
    try {
      return readable(row);
    } catch (RuntimeException e) {
      throw new Unavailable(
          "Memory %s is damaged in the store".formatted(row.getString("id")),
          "Delete it with delete_memory, or restore the data folder from a copy.",
          e);
    }
  }

  private static Memory readable(ResultSet row) throws SQLException {
    Content content =
        new Content(
            row.getString("text"),
            row.getString("category"),
            row.getInt("shared") == 1,
            metadata(row.getString("metadata")),
            Stage.valueOf(row.getString("stage")));
    Origin origin =
        new Origin(
            Source.valueOf(row.getString("source")),
            Author.valueOf(row.getString("author")),
            nullable(row.getString("conversation"), UUID::fromString));
    Times times =
        new Times(
            instant(row, "created"),
            instant(row, "updated"),
            nullableInstant(row, "observed"),
            nullableInstant(row, "expires"));
    return new Memory(id(row, "id"), scope(row), content, origin, times, row.getLong("version"));
  }

  static Scope scope(ResultSet row) throws SQLException {
    return new Scope(
        new UserId(row.getString("user_id")),
        nullable(row.getString("agent_id"), AgentId::new),
        nullable(row.getString("run_id"), RunId::new));
  }

  static HistoryEntry history(ResultSet row) throws SQLException {
    return new HistoryEntry(
        id(row, "memory_id"),
        Event.valueOf(row.getString("event")),
        row.getString("old_text"),
        row.getString("new_text"),
        instant(row, "at"),
        row.getString("actor"),
        row.getString("reason"),
        nullable(row.getString("related"), MemoryId::parse));
  }

  static Mark mark(ResultSet row) throws SQLException {
    String user = row.getString("user_id");
    return new Mark(
        new Mark.Name(row.getString("kind"), user.isEmpty() ? null : user, row.getString("key")),
        row.getString("value"),
        instant(row, "written"));
  }

  static Task task(ResultSet row) throws SQLException {
    return new Task(
        row.getString("id"),
        row.getString("kind"),
        nullable(row.getString("memory_id"), MemoryId::parse),
        instant(row, "due"),
        row.getInt("attempts"),
        row.getString("payload"));
  }

  static MemoryId id(ResultSet row, String column) throws SQLException {
    return new MemoryId(UUID.fromString(row.getString(column)));
  }

  static Metadata metadata(String json) {
    return json.equals("{}") ? Metadata.EMPTY : MetadataJson.read((ObjectNode) Json.parseOwn(json));
  }

  static String metadata(Metadata metadata) {
    return Json.print(MetadataJson.write(metadata));
  }

  /// The column of a mark that belongs to no user. Ids of users are never empty.
  static String markUser(@Nullable String user) {
    return user == null ? "" : user;
  }

  static @Nullable String text(@Nullable Object id) {
    return id == null ? null : id.toString();
  }

  static @Nullable Long millis(@Nullable Instant instant) {
    return instant == null ? null : instant.toEpochMilli();
  }

  static byte[] vector(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes.array();
  }

  static float[] vector(byte[] bytes) {
    float[] values = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  private static @Nullable Instant nullableInstant(ResultSet row, String column)
      throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static <T> @Nullable T nullable(@Nullable String text, Function<String, T> parse) {
    return text == null ? null : parse.apply(text);
  }
}
