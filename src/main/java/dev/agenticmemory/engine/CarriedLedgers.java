package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The ledgers of a user, carried over the erasure of all that is the user's: by them the deleted
/// texts are known again, also under another heading. Meanwhile they are marks of nobody, which an
/// erasure spares; where it ended in the middle, the next one finds them.
final class CarriedLedgers {

  private static final String KIND = "carried-ledger";

  /// How many are written in one change set.
  private static final int MARKS_PER_CHANGE = 100;

  private final MemoryStore store;
  private final Writer writer;
  private final UserId user;
  private final Instant now;

  CarriedLedgers(MemoryStore store, Writer writer, UserId user, Instant now) {
    this.store = store;
    this.writer = writer;
    this.user = user;
    this.now = now;
  }

  /// Before the erasure.
  void putAside() {
    List<Change> changes = new ArrayList<>();
    for (Mark ledger : Ledger.forgotten(store, user, now)) {
      changes.add(new Change.PutMark(new Mark(aside(ledger.name()), ledger.value(), now)));
    }
    for (int from = 0; from < changes.size(); from += MARKS_PER_CHANGE) {
      applied(changes.subList(from, Math.min(changes.size(), from + MARKS_PER_CHANGE)));
    }
  }

  /// After it.
  void putBack() {
    List<Mark> carried =
        store.marks(KIND, null, Ledger.KEPT_MAX).stream()
            .filter(mark -> user.value().equals(home(mark).user()))
            .toList();
    for (int from = 0; from < carried.size(); from += MARKS_PER_CHANGE) {
      List<Change> changes = new ArrayList<>();
      for (Mark mark : carried.subList(from, Math.min(carried.size(), from + MARKS_PER_CHANGE))) {
        // One that a job has begun meanwhile knows nothing of what was deleted.
        changes.add(new Change.PutMark(new Mark(home(mark), mark.value(), now)));
        changes.add(new Change.RemoveMark(mark.name()));
      }
      applied(changes);
    }
  }

  private void applied(List<Change> changes) {
    Outcome outcome = writer.apply(changes);
    if (!(outcome instanceof Outcome.Applied)) {
      throw new IllegalStateException("Marks are written whatever is there, not " + outcome);
    }
  }

  private Mark.Name aside(Mark.Name home) {
    String key = Json.print(Json.array().add(home.kind()).add(user.value()).add(home.key()));
    return new Mark.Name(KIND, null, key);
  }

  private static Mark.Name home(Mark aside) {
    JsonNode key = Json.parseOwn(aside.name().key());
    return new Mark.Name(key.path(0).asText(), key.path(1).asText(), key.path(2).asText());
  }
}
