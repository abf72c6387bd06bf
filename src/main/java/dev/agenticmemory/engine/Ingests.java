package dev.agenticmemory.engine;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Task;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows which inputs wait for a language model and which were given up, and has them tried again.
public final class Ingests {

  /// Most that are listed.
  public static final int LIMIT_MAX = 1_000;

  /// One input.
  ///
  /// @param due when it is tried next
  /// @param trouble why it is not done yet; null before the first attempt
  public record Waiting(
      Memory memory, boolean failed, int attempts, Instant due, @Nullable String trouble) {}

  private final MemoryStore store;
  private final Writer writer;
  private final Runnable signal;
  private final boolean hasModel;
  private final Clock clock;

  /// @param hasModel whether this process has a language model to do them with
  Ingests(MemoryStore store, Writer writer, Runnable signal, boolean hasModel, Clock clock) {
    this.store = store;
    this.writer = writer;
    this.signal = signal;
    this.hasModel = hasModel;
    this.clock = clock;
  }

  /// Those of the caller's user where it is bound, else all; failed ones first.
  public List<Waiting> list(Caller caller) {
    // In this order, so that one that is given up meanwhile is seen, though once.
    List<Waiting> waiting = list(caller, Ingest.WAITING);
    List<Waiting> all = new ArrayList<>(list(caller, Ingest.FAILED));
    Set<MemoryId> failed = all.stream().map(one -> one.memory().id()).collect(Collectors.toSet());
    waiting.stream().filter(one -> !failed.contains(one.memory().id())).forEach(all::add);
    return all;
  }

  private List<Waiting> list(Caller caller, String kind) {
    List<Waiting> all = new ArrayList<>();
    for (Task task : store.tasks(kind, LIMIT_MAX)) {
      Ingest ingest = Ingest.of(task);
      store
          .find(ingest.memory())
          .filter(memory -> caller.mayChange(memory.scope()))
          .map(memory ->
              new Waiting(
                  memory,
                  kind.equals(Ingest.FAILED),
                  task.attempts(),
                  task.due(),
                  ingest.trouble()))
          .ifPresent(all::add);
    }
    return all;
  }

  /// Has one tried again now, whether it waits or was given up.
  public void retry(Caller caller, MemoryId id) {
    requireModel();
    Waiting one =
        list(caller).stream()
            .filter(waiting -> waiting.memory().id().equals(id))
            .findFirst()
            .orElseThrow(() -> new NotFound(id));
    retry(one);
  }

  /// Has all of them tried again now, and says which that are.
  public List<MemoryId> retryAll(Caller caller) {
    requireModel();
    List<Waiting> all = list(caller);
    all.forEach(this::retry);
    return all.stream().map(one -> one.memory().id()).toList();
  }

  private void requireModel() {
    if (!hasModel) {
      throw new InvalidInput(
          "Trying again", "needs a language model, and none is configured", "Set LLM_MODEL.");
    }
  }

  private void retry(Waiting one) {
    String kind = one.failed() ? Ingest.FAILED : Ingest.WAITING;
    Instant now = clock.instant();
    for (Task task : store.tasks(kind, LIMIT_MAX)) {
      if (one.memory().id().equals(task.memory())) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.PutTask(Ingest.of(task).afresh().task(Ingest.WAITING, now, 0)));
        if (one.memory().content().stage() == Stage.FAILED) {
          changes.add(IngestQueue.staged(one.memory(), Stage.PENDING, now, "tried again"));
        }
        if (writer.apply(changes) instanceof Outcome.Applied) {
          signal.run();
        }
      }
    }
  }

  /// How many wait for the language model, of everybody; at most [#LIMIT_MAX] are counted.
  public int waiting() {
    return store.tasks(Ingest.WAITING, LIMIT_MAX).size();
  }

  /// How many were given up, of everybody; at most [#LIMIT_MAX] are counted.
  public int failed() {
    return store.tasks(Ingest.FAILED, LIMIT_MAX).size();
  }

  /// What language models cost on one day for one scope of a user.
  ///
  /// @param day `YYYY-MM-DD`, UTC
  public record Spent(String day, @Nullable String agent, @Nullable String run, Usage usage) {}

  /// What language models cost for the caller's user, the oldest day first.
  public List<Spent> usage(Caller caller) {
    Instant now = clock.instant();
    UsageMarks.compact(store, caller.user(), LocalDate.ofInstant(now, ZoneOffset.UTC), now);
    List<Spent> spent = new ArrayList<>();
    UsageMarks.sums(store, caller.user())
        .forEach(
            (where, usage) -> spent.add(new Spent(where.day(), where.agent(), where.run(), usage)));
    return spent;
  }

  /// All of it together.
  public static Usage sum(List<Spent> spent) {
    return spent.stream().map(Spent::usage).reduce(Usage.NONE, Usage::plus);
  }
}
