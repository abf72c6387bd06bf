package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Seal;
import dev.agenticmemory.store.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides about one change set at one snapshot: reads what it rests on with one question, then
/// goes through the changes in their order.
final class ChangeSet {

  private static final Outcome APPLIED = new Outcome.Applied();

  private final Snapshot snapshot;
  private final long revision;
  private final Grounds grounds;
  private final List<Operation> additions = new ArrayList<>();
  private final List<Operation> closures = new ArrayList<>();
  private final List<Operation> sweep = new ArrayList<>();
  private long sequence;

  private ChangeSet(Snapshot snapshot, Grounds grounds) {
    this.snapshot = snapshot;
    revision = snapshot.next();
    this.grounds = grounds;
    sequence = revision * Records.SEQUENCES_PER_REVISION;
  }

  static Decision<Outcome> decide(Snapshot snapshot, List<Change> changes) {
    Grounds grounds = Grounds.read(snapshot, changes, snapshot.head().key());
    ChangeSet set = new ChangeSet(snapshot, grounds);
    for (Change change : changes) {
      Optional<Outcome> refused = set.apply(change);
      if (refused.isPresent()) {
        return new Decision.Leave<>(refused.get());
      }
    }
    return set.write(APPLIED);
  }

  /// Erases a memory in whatever state it is; the answer is whether there was one.
  static Decision<Boolean> erase(Snapshot snapshot, MemoryId id, Instant now, String actor) {
    HistoryEntry history =
        new HistoryEntry(id, Event.DELETE, null, null, now, actor, "deleted", null);
    Change.Erase erase = new Change.Erase(id, 1, history);
    Grounds grounds = Grounds.read(snapshot, List.of(erase), snapshot.head().key());
    if (grounds.states(id).isEmpty()) {
      return new Decision.Leave<>(false);
    }
    ChangeSet set = new ChangeSet(snapshot, grounds);
    set.eraseAll(erase);
    return set.write(true);
  }

  /// Writes these as they are, instead of what there is of them.
  static Decision<Boolean> restore(
      Snapshot snapshot,
      List<Dossier> dossiers,
      List<Mark> marks,
      List<Task> tasks,
      List<Seal> seals) {
    ChangeSet set = new ChangeSet(snapshot, Grounds.read(snapshot, dossiers, marks, tasks, seals));
    dossiers.forEach(set::restore);
    marks.forEach(set::putMark);
    tasks.forEach(set::putTask);
    seals.forEach(seal -> set.seal(seal.user(), seal.hash()));
    return set.write(true);
  }

  /// Makes the terms of these states anew.
  static Decision<Boolean> reanalyse(Snapshot snapshot, List<ObjectNode> states) {
    ChangeSet set = new ChangeSet(snapshot, Grounds.none());
    for (ObjectNode state : states) {
      set.remove(state);
      set.addState(States.reanalysed(state, set.revision));
    }
    return set.write(true);
  }

  private <T> Decision<T> write(T answer) {
    return new Decision.Write<>(answer, additions, closures, sweep);
  }

  /// Decides about one change; the answer is empty where it can be done.
  private Optional<Outcome> apply(Change change) {
    return switch (change) {
      case Change.Add add -> add(add);
      case Change.Revise revise -> revise(revise);
      case Change.Annotate annotate -> annotate(annotate);
      case Change.Retire retire -> retire(retire);
      case Change.Erase erase -> erase(erase);
      case Change.PutMark(Mark mark) -> putMark(mark);
      case Change.ClaimMark(Mark mark) -> claimMark(mark);
      case Change.ReplaceMark(Mark mark, String before) -> replaceMark(mark, before);
      case Change.RemoveMark(Mark.Name name) -> removeMark(name);
      case Change.PutTask(Task task) -> putTask(task);
      case Change.EndTask(Lease lease) -> endTask(lease);
    };
  }

  private Optional<Outcome> add(Change.Add add) {
    Memory memory = add.memory();
    Instant created = memory.times().created();
    TextHash hash = memory.content().hash();
    Optional<MemoryId> same = grounds.same(memory.scope(), hash, created);
    if (same.isPresent()) {
      return Optional.of(new Outcome.Duplicate(same.get()));
    }
    addState(memory, add.features(), created);
    lift(memory);
    addHistory(memory.scope(), add.history());
    return Optional.empty();
  }

  private Optional<Outcome> revise(Change.Revise revise) {
    Memory memory = revise.memory();
    ObjectNode live = grounds.live(memory.id(), memory.version() - 1);
    if (live == null) {
      return Optional.of(new Outcome.Stale(memory.id()));
    }
    Instant now = memory.times().updated();
    close(live, now);
    addState(memory, revise.features(), now);
    lift(memory);
    addHistory(memory.scope(), revise.history());
    return Optional.empty();
  }

  private Optional<Outcome> annotate(Change.Annotate annotate) {
    Memory memory = annotate.memory();
    ObjectNode live = grounds.live(memory.id(), memory.version() - 1);
    if (live == null) {
      return Optional.of(new Outcome.Stale(memory.id()));
    }
    remove(live);
    addState(States.annotated(live, memory, revision));
    addHistory(memory.scope(), annotate.history());
    return Optional.empty();
  }

  private Optional<Outcome> retire(Change.Retire retire) {
    ObjectNode live = grounds.live(retire.id(), retire.version());
    if (live == null) {
      return Optional.of(new Outcome.Stale(retire.id()));
    }
    close(live, retire.history().at());
    addHistory(States.scope(live), retire.history());
    return Optional.empty();
  }

  private Optional<Outcome> erase(Change.Erase erase) {
    ObjectNode live = grounds.live(erase.id(), erase.version());
    if (live == null) {
      return Optional.of(new Outcome.Stale(erase.id()));
    }
    eraseAll(erase);
    return Optional.empty();
  }

  private void eraseAll(Change.Erase erase) {
    List<ObjectNode> states = grounds.states(erase.id());
    Scope scope = States.scope(states.getFirst());
    for (ObjectNode state : states) {
      if (erase.sealed()) {
        String hash = state.path("hash").asText();
        seal(scope.user(), Records.seal(snapshot.head().key(), scope.user(), hash));
      }
      remove(state);
    }
    grounds.tasksOf(erase.id()).forEach(this::removeRecord);
    for (ObjectNode entry : grounds.history(erase.id())) {
      if (entry.path("texts").asBoolean()) {
        removeRecord(entry);
        addRecord(Records.withoutTexts(entry, revision));
      }
    }
    addHistory(scope, erase.history());
  }

  private void restore(Dossier dossier) {
    List.copyOf(grounds.states(dossier.id())).forEach(this::remove);
    grounds.history(dossier.id()).forEach(this::removeRecord);
    for (Dossier.State state : dossier.states()) {
      ObjectNode doc = States.print(state.memory(), state.features(), state.from(), revision);
      if (state.until() != null) {
        doc = States.closed(doc, state.until(), revision);
      }
      additions.add(state(doc));
    }
    dossier.history().forEach(entry -> addHistory(dossier.scope(), entry));
  }

  // States.

  private void addState(Memory memory, Features features, Instant from) {
    addState(States.print(memory, features, from, revision));
  }

  private void addState(ObjectNode state) {
    additions.add(state(state));
    grounds.add(state);
  }

  private void close(ObjectNode live, Instant until) {
    closures.add(state(States.closed(live, until, revision)));
    grounds.remove(live);
  }

  private void remove(ObjectNode state) {
    closures.add(state(States.gone(state, revision)));
    sweep.add(
        Operation.remove(
            snapshot.catalog().memories(),
            state.path("doc").asText(),
            state.path("user").asText(),
            revision));
    grounds.remove(state);
  }

  private Operation state(ObjectNode state) {
    return new Operation(
        snapshot.catalog().memories(),
        state.path("doc").asText(),
        state.path("user").asText(),
        revision,
        state);
  }

  // Records.

  private void addHistory(Scope scope, HistoryEntry entry) {
    addRecord(Records.history(scope, entry, sequence++, revision));
  }

  private void addRecord(ObjectNode doc) {
    additions.add(record(doc));
  }

  private void removeRecord(ObjectNode doc) {
    closures.add(record(States.gone(doc, revision)));
    sweep.add(
        Operation.remove(snapshot.catalog().records(), doc.path("doc").asText(), null, revision));
  }

  private Operation record(ObjectNode doc) {
    return new Operation(
        snapshot.catalog().records(), doc.path("doc").asText(), null, revision, doc);
  }

  private void seal(UserId user, String seal) {
    if (grounds.seals(seal).isEmpty()) {
      addRecord(Records.sealed(user, seal, revision));
    }
  }

  private void lift(Memory memory) {
    String hash = memory.content().hash().hex();
    String seal = Records.seal(snapshot.head().key(), memory.scope().user(), hash);
    grounds.seals(seal).forEach(this::removeRecord);
  }

  private Optional<Outcome> putMark(Mark mark) {
    replace(grounds.mark(mark.name()), Records.mark(mark, revision));
    return Optional.empty();
  }

  private Optional<Outcome> claimMark(Mark mark) {
    ObjectNode existing = grounds.mark(mark.name());
    if (existing != null) {
      return Optional.of(new Outcome.Marked(Records.mark(existing)));
    }
    addRecord(Records.mark(mark, revision));
    return Optional.empty();
  }

  private Optional<Outcome> replaceMark(Mark mark, String before) {
    ObjectNode existing = grounds.mark(mark.name());
    return existing != null && Records.mark(existing).value().equals(before)
        ? putMark(mark)
        : Optional.of(new Outcome.Superseded(mark.name()));
  }

  private Optional<Outcome> removeMark(Mark.Name name) {
    ObjectNode existing = grounds.mark(name);
    if (existing != null) {
      removeRecord(existing);
    }
    return Optional.empty();
  }

  private Optional<Outcome> putTask(Task task) {
    replace(grounds.task(task.id()), Records.task(task, null, revision));
    return Optional.empty();
  }

  private Optional<Outcome> endTask(Lease lease) {
    ObjectNode task = grounds.task(lease.task().id());
    if (task == null || !Records.isHeld(task, lease)) {
      return Optional.of(new Outcome.LeaseLost(lease.task().id()));
    }
    removeRecord(task);
    return Optional.empty();
  }

  private void replace(@Nullable ObjectNode before, ObjectNode after) {
    if (before != null) {
      removeRecord(before);
    }
    addRecord(after);
  }
}
