package dev.agenticmemory.store.s3vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Selection;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkNumber;
import software.amazon.awssdk.core.document.Document;

/// What the service knows of a memory beside its vectors, and selections as its filters.
///
/// A filter here may let through more than the selection, never less: the store beside decides.
final class VectorMetadata {

  /// The text, which is not filtered by, so that the index can be read without us.
  static final String TEXT = "text";

  /// Metadata of callers, within the room that is left of the service's 2 KB.
  private static final String CALLERS = "m_";

  /// Whether all of the callers' metadata that a filter can use is there.
  private static final String COMPLETE = "complete";

  /// The service takes 40 KB in all.
  private static final int TEXT_BYTES_MAX = 30_000;

  private static final int CALLERS_BYTES_MAX = 800;
  private static final int ID_BYTES_MAX = 250;

  private VectorMetadata() {}

  static Document of(Dossier.State state, int passages) {
    Memory memory = state.memory();
    Scope scope = memory.scope();
    Document.MapBuilder map = Document.mapBuilder();
    map.putString("user", id(scope.user().value()));
    if (scope.agent() != null) {
      map.putString("agent", id(scope.agent().value()));
    }
    if (scope.run() != null) {
      map.putString("run", id(scope.run().value()));
      long day = Selection.dayOf(scope.run(), memory.times().created()).toEpochDay();
      map.putNumber("day", day);
    }
    map.putBoolean("shared", memory.content().shared());
    map.putBoolean("live", state.until() == null);
    map.putNumber("from", state.from().toEpochMilli());
    map.putNumber("passages", passages);
    map.putString(TEXT, cut(memory.text()));
    putCallers(memory, map);
    return map.build();
  }

  private static void putCallers(Memory memory, Document.MapBuilder map) {
    int left = CALLERS_BYTES_MAX;
    boolean complete = true;
    int keys = 0;
    for (Map.Entry<String, @Nullable Object> entry :
        memory.content().metadata().values().entrySet()) {
      Optional<Document> value = scalar(entry.getValue());
      int size = bytes(entry.getKey()) + bytes(Objects.toString(entry.getValue()));
      if (value.isPresent() && size <= left && keys < 30) {
        map.putDocument(CALLERS + entry.getKey(), value.get());
        left -= size;
        keys++;
      } else {
        complete = false;
      }
    }
    map.putBoolean(COMPLETE, complete);
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static Optional<Document> scalar(@Nullable Object value) {
    return switch (value) {
      case String text -> Optional.of(Document.fromString(text));
      case Boolean flag -> Optional.of(Document.fromBoolean(flag));
      case Number number when isExact(number) -> Optional.of(number(number));
      case null, default -> Optional.empty();
    };
  }

  /// The service compares numbers as doubles.
  private static boolean isExact(Number number) {
    BigDecimal decimal = new BigDecimal(number.toString());
    return Double.isFinite(decimal.doubleValue())
        && new BigDecimal(Double.toString(decimal.doubleValue())).compareTo(decimal) == 0;
  }

  private static Document number(Number number) {
    return Document.fromNumber(SdkNumber.fromString(number.toString()));
  }

  /// Long ids take too much of the room that there is.
  private static String id(String id) {
    return bytes(id) <= ID_BYTES_MAX ? id : "sha256:" + TextHash.sha256(id);
  }

  private static String cut(String text) {
    byte[] all = text.getBytes(UTF_8);
    if (all.length <= TEXT_BYTES_MAX) {
      return text;
    }
    int end = TEXT_BYTES_MAX;
    while ((all[end] & 0xC0) == 0x80) {
      end--; // Not within a character.
    }
    return new String(all, 0, end, UTF_8);
  }

  /// A filter of the service for what `selection` may find.
  static Document filter(Selection selection) {
    List<Document> parts = new ArrayList<>();
    parts.add(owner(selection));
    switch (selection.runs()) {
      case Selection.Runs.LongTerm() -> parts.add(compare("run", "$exists", false));
      case Selection.Runs.Only(RunId run) -> parts.add(compare("run", "$eq", id(run.value())));
      case Selection.Runs.LongTermAndSince(LocalDate day) ->
          parts.add(
              any(compare("run", "$exists", false), compare("day", "$gte", day.toEpochDay())));
      case Selection.Runs.All() -> {}
    }
    switch (selection.moment()) {
      case Selection.Moment.Live(Instant _) -> parts.add(compare("live", "$eq", true));
      case Selection.Moment.AsOf(Instant at) ->
          parts.add(compare("from", "$lte", at.toEpochMilli()));
    }
    callers(selection.filter())
        .ifPresent(filter -> parts.add(any(compare(COMPLETE, "$eq", false), filter)));
    return joined("$and", parts);
  }

  private static Document owner(Selection selection) {
    Document own = compare("user", "$eq", id(selection.user().value()));
    Document shared = compare("shared", "$eq", true);
    AgentId agent = selection.agent();
    if (agent != null) {
      Document agents = compare("agent", "$eq", id(agent.value()));
      own =
          joined(
              "$and",
              List.of(own, selection.sharing() == Sharing.OFF ? agents : any(agents, shared)));
    }
    return selection.sharing() == Sharing.TEAM ? any(own, shared) : own;
  }

  /// What the service can say of a filter; empty where that is nothing.
  private static Optional<Document> callers(Filter filter) {
    return switch (filter) {
      case Filter.And(List<Filter> parts) -> {
        List<Document> said = parts.stream().flatMap(one -> callers(one).stream()).toList();
        yield said.isEmpty() ? Optional.empty() : Optional.of(joined("$and", said));
      }
      case Filter.Compare(String key, Filter.Compare.Operator operator, Object value) ->
          compared(key, operator, value);
      case Filter.Exists(String key, boolean expected) ->
          expected ? Optional.of(compare(CALLERS + key, "$exists", true)) : Optional.empty();
      case Filter.In(String key, List<?> values, boolean expected) -> {
        List<Document> all = values.stream().flatMap(one -> scalar(one).stream()).toList();
        yield expected && all.size() == values.size() && !all.isEmpty()
            ? Optional.of(of(CALLERS + key, of("$in", Document.fromList(all))))
            : Optional.empty();
      }
      case Filter.Or _, Filter.Not _ -> Optional.empty();
    };
  }

  private static Optional<Document> compared(
      String key, Filter.Compare.Operator operator, Object value) {
    String said =
        switch (operator) {
          case EQ -> "$eq";
          case GT -> "$gt";
          case GTE -> "$gte";
          case LT -> "$lt";
          case LTE -> "$lte";
          case NE, CONTAINS -> "";
        };
    boolean sayable = said.equals("$eq") || (!said.isEmpty() && value instanceof Number);
    return sayable
        ? scalar(value).map(scalar -> of(CALLERS + key, of(said, scalar)))
        : Optional.empty();
  }

  private static Document compare(String key, String operator, String value) {
    return of(key, of(operator, Document.fromString(value)));
  }

  private static Document compare(String key, String operator, boolean value) {
    return of(key, of(operator, Document.fromBoolean(value)));
  }

  private static Document compare(String key, String operator, long value) {
    return of(key, of(operator, Document.fromNumber(value)));
  }

  private static Document any(Document... parts) {
    return joined("$or", List.of(parts));
  }

  private static Document joined(String operator, List<Document> parts) {
    return parts.size() == 1 ? parts.getFirst() : of(operator, Document.fromList(parts));
  }

  static Document of(String key, Document value) {
    return Document.fromMap(Map.of(key, value));
  }
}
