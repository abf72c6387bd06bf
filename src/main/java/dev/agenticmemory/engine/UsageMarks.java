package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What language models cost, a mark for each day, scope and attempt, so that no two processes ever
/// add to the same number. Days that are over are summed into one mark a scope.
final class UsageMarks {

  private static final String KIND = "usage";

  /// Most marks of a user that are read at once.
  private static final int MARKS_MAX = 100_000;

  /// How many marks of one day and scope are worth a sum.
  private static final int MARKS_KEPT = 2;

  /// In place of an attempt's own id.
  private static final String SUM = "sum";

  private UsageMarks() {}

  static Change put(Scope scope, Usage usage, Instant now) {
    Where where =
        new Where(
            LocalDate.ofInstant(now, ZoneOffset.UTC).toString(),
            scope.agent() == null ? null : scope.agent().value(),
            scope.run() == null ? null : scope.run().value());
    return new Change.PutMark(mark(scope.user(), where, UUID.randomUUID().toString(), usage, now));
  }

  /// A day and a scope of a user.
  record Where(String day, @Nullable String agent, @Nullable String run) {}

  private static Mark mark(UserId user, Where where, String own, Usage usage, Instant now) {
    ArrayNode key = Json.array().add(where.day()).add(where.agent()).add(where.run()).add(own);
    ObjectNode value = Json.object();
    write(value, usage);
    return new Mark(new Mark.Name(KIND, user.value(), Json.print(key)), Json.print(value), now);
  }

  private static Where where(Mark mark) {
    JsonNode key = Json.parseOwn(mark.name().key());
    return new Where(key.path(0).asText(), text(key.path(1)), text(key.path(2)));
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() ? node.asText() : null;
  }

  /// What was used for a user by day and scope, the oldest day first.
  static Map<Where, Usage> sums(MemoryStore store, UserId user) {
    Map<Where, Usage> sums = new LinkedHashMap<>();
    for (Mark mark : store.marks(KIND, user.value(), MARKS_MAX)) {
      sums.merge(where(mark), read(Json.parseOwn(mark.value())), Usage::plus);
    }
    return sums;
  }

  /// Makes one mark of all that a user has for each scope and each day before `today`. Of two
  /// processes that do it at once one does it; both at once would count twice.
  static void compact(MemoryStore store, UserId user, LocalDate today, Instant now) {
    Map<Where, List<Mark>> marks = new LinkedHashMap<>();
    for (Mark mark : store.marks(KIND, user.value(), MARKS_MAX)) {
      marks.computeIfAbsent(where(mark), _ -> new ArrayList<>()).add(mark);
    }
    marks.forEach((where, all) -> {
      if (where.day().compareTo(today.toString()) < 0 && all.size() >= MARKS_KEPT) {
        compact(store, user, where, all, now);
      }
    });
  }

  private static void compact(
      MemoryStore store, UserId user, Where where, List<Mark> all, Instant now) {
    Usage sum =
        all.stream().map(mark -> read(Json.parseOwn(mark.value()))).reduce(Usage.NONE, Usage::plus);
    Mark one = mark(user, where, SUM, sum, now);
    // What came late, after the sum of its day, stays beside it.
    if (store.mark(one.name()).isPresent()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    changes.add(new Change.ClaimMark(one));
    all.forEach(mark -> changes.add(new Change.RemoveMark(mark.name())));
    var _ = store.apply(changes);
  }

  static void write(ObjectNode node, Usage usage) {
    node.put("calls", usage.calls());
    node.put("input", usage.input());
    node.put("output", usage.output());
  }

  static Usage read(JsonNode node) {
    return new Usage(
        node.path("calls").asLong(), node.path("input").asLong(), node.path("output").asLong());
  }
}
