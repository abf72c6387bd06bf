package dev.agenticmemory.store.search;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.search.Cluster.Stored;
import dev.agenticmemory.store.search.Head.Erasing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The order of all change sets, for any number of processes.
///
/// To write is: read the head; decide at its revision `n`; create the intent of `n + 1`, which only
/// one process can; see that the head is still at `n`; apply the intent; move the head to `n + 1`,
/// on condition that nobody did; remove the intent. A process that finds an intent of `n + 1` waits
/// for it, and completes it where nothing moves any more: every step can be done twice, and late,
/// without harm.
///
/// Documents that no longer count are swept some seconds later, with a later revision, so that
/// reads of earlier revisions find what they ask for. Until then the intent that names them stays.
final class Log {

  private static final Logger LOG = LoggerFactory.getLogger(Log.class);

  /// How long documents that do not count any more are left to those who read them.
  static final Duration SWEEPING_AFTER = Duration.ofSeconds(10);

  /// How long the end of the program waits for a server.
  private static final Duration CLOSING_MAX = Duration.ofSeconds(2);

  /// So many revisions at most wait to be swept; the head names them all.
  private static final int UNSWEPT_MAX = 500;

  /// How long an intent of another process may stand before it is completed for it.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final long POLL_MS = 10;

  private static final Duration TURN_MAX = Duration.ofSeconds(30);

  /// How often a change set is decided anew because others were faster.
  private static final int ROUNDS_MAX = 1_000;

  private final Cluster cluster;
  private final Catalog catalog;
  private final Erasure erasure;
  private final Ages ages;
  private final Duration sweepingAfter;
  private final ScheduledExecutorService upkeep;
  private final AtomicBoolean sweepingLater = new AtomicBoolean();

  /// The end of a UUID tells intents of one revision apart.
  private static final int TOKEN_FROM = 19;

  /// Processes take turns by the intents, the threads of one process by this.
  private final ReentrantLock turn = new ReentrantLock(true);

  /// @param sweepingAfter how long documents that do not count any more are left where they are
  /// @param upkeep does what nobody waits for
  Log(Cluster cluster, Catalog catalog, Duration sweepingAfter, ScheduledExecutorService upkeep) {
    this.cluster = cluster;
    this.catalog = catalog;
    this.sweepingAfter = sweepingAfter;
    this.upkeep = upkeep;
    erasure = new Erasure(cluster, catalog);
    ages = new Ages(sweepingAfter);
  }

  /// A head, and the state of its document.
  private record Found(Head head, Cluster.Stamp stamp) {}

  Head head() {
    return found().head();
  }

  private Found found() {
    return found(cluster.get(catalog.log(), List.of(Head.ID)).getFirst());
  }

  private Found found(@Nullable Stored stored) {
    if (stored == null) {
      throw new Conflict(
          "The index %s has lost its head".formatted(catalog.log()),
          "Restore it from a snapshot of the cluster, or set another collection.");
    }
    return new Found(Head.parse(stored.source()), stored.stamp());
  }

  /// Has `decide` look at the newest state, and does what it says, all or nothing.
  <T> T commit(Function<Snapshot, Decision<T>> decide) {
    takeTurn();
    try {
      for (int round = 0; round < ROUNDS_MAX; round++) {
        Found found = erased(found());
        catalog.require(found.head());
        Decision<T> decision = decide.apply(new Snapshot(cluster, catalog, found.head()));
        if (isDone(found, decision)) {
          return decision.answer();
        }
      }
      throw new Unavailable(
          "Other processes write to %s all the time".formatted(catalog.memories()),
          "Try again.",
          null);
    } finally {
      turn.unlock();
    }
  }

  /// While the server is down, each thread tries for itself: none waits for all before it.
  private void takeTurn() {
    try {
      if (turn.tryLock(TURN_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new Unavailable(
        "%s is too slow for all that is written to it".formatted(cluster.server().name()),
        "Try again later; nothing was written.",
        null);
  }

  private <T> boolean isDone(Found found, Decision<T> decision) {
    return switch (decision) {
      case Decision.Leave<T> _ -> head().revision() == found.head().revision();
      case Decision.Write<T> write -> isDone(found, intent(found.head(), write));
    };
  }

  private Intent intent(Head head, Decision.Write<?> write) {
    return new Intent(
        UUID.randomUUID().toString().substring(TOKEN_FROM),
        head.revision() + 1,
        write.additions(),
        write.closures(),
        write.sweep(),
        due(head),
        write.erasing(),
        write.key());
  }

  private boolean isDone(Found found, Intent intent) {
    String id = Intent.id(intent.revision());
    if (!cluster.create(catalog.log(), id, intent.print()) && !isOurs(intent)) {
      await(intent.revision());
      return false;
    }
    List<@Nullable Stored> now =
        cluster.get(catalog.log(), List.of(Head.ID, Intent.id(found.head().revision())));
    Found still = found(now.getFirst());
    if (still.head().revision() != found.head().revision()
        || !still.head().space().equals(found.head().space())) {
      return wasOvertaken(still, intent);
    }
    complete(finished(still, now.getLast()), intent);
    return true;
  }

  /// The head moved before the intent was there, or because of it; whether the latter.
  private boolean wasOvertaken(Found now, Intent intent) {
    if (now.head().recent().contains(intent.token())) {
      finish(now, intent);
      return true;
    }
    cluster.delete(catalog.log(), Intent.id(intent.revision()));
    return false;
  }

  /// Whether the intent that is there is ours, whose creation was not confirmed.
  private boolean isOurs(Intent intent) {
    Stored there = intent(intent.revision());
    return there != null && Intent.parse(there.source()).token().equals(intent.token());
  }

  private @Nullable Stored intent(long revision) {
    return cluster.get(catalog.log(), List.of(Intent.id(revision))).getFirst();
  }

  /// Waits until `revision` is reached, by its own process or by this one.
  private void await(long revision) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (head().revision() >= revision || intent(revision) == null) {
        return;
      }
      pause();
    }
    Stored left = intent(revision);
    Found found = found();
    if (left != null && found.head().revision() == revision - 1) {
      complete(erased(found), Intent.parse(left.source()));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("Interrupted while another process writes", "Try again.", e);
    }
  }

  /// Does what an intent says, and all that follows from it.
  private void complete(Found before, Intent intent) {
    apply(intent);
    Found at = before;
    while (!cluster.replace(catalog.log(), Head.ID, at.head().after(intent).print(), at.stamp())) {
      at = found();
      if (at.head().recent().contains(intent.token())) {
        break;
      }
      requireSame(before.head(), at.head(), intent);
    }
    finish(found(), intent);
  }

  /// The head may have changed, but not so that the intent could not be done any more.
  private void requireSame(Head before, Head now, Intent intent) {
    if (now.revision() != before.revision()) {
      throw new IllegalStateException("The head moved past " + Intent.id(intent.revision()));
    }
    if (!now.space().equals(before.space())) {
      undo(intent);
      catalog.require(now);
    }
  }

  /// What is new comes first and alone: where the server will not take it, nothing has happened.
  private void apply(Intent intent) {
    try {
      cluster.bulk(intent.additions());
    } catch (Rejected e) {
      undo(intent);
      throw new Conflict(
          "%s does not take a document: %s".formatted(cluster.server().name(), e.getMessage()),
          "Compare the index's mapping with docs/engines.md, or set another collection.");
    }
    cluster.bulk(intent.closures());
  }

  /// Removes what an intent added before it counted.
  private void undo(Intent intent) {
    cluster.bulk(
        intent.additions().stream()
            .map(one -> Operation.remove(one.index(), one.id(), one.routing(), one.version()))
            .toList());
    cluster.delete(catalog.log(), Intent.id(intent.revision()));
  }

  /// Sees to it that the intent of the head's own revision is finished.
  ///
  /// @param left what was found under its id; null for nothing
  private Found finished(Found found, @Nullable Stored left) {
    if (left == null) {
      return found;
    }
    finish(found, Intent.parse(left.source()));
    return found();
  }

  /// Removes what is due with the last intent, and that itself, unless it leaves something to be
  /// swept. An intent that was never done is left alone.
  private void finish(Found found, Intent intent) {
    if (!found.head().isLast(intent.token())) {
      return;
    }
    ages.see(intent.revision());
    sweep(intent.sweeping());
    var _ = erased(found);
    sweepLater(found.head());
    if (intent.sweep().isEmpty()) {
      cluster.delete(catalog.log(), Intent.id(intent.revision()));
    }
  }

  /// Sees to it that nothing waits to be erased: whatever is decided rests on seals that are there,
  /// and on tasks that are gone. The next revision forgets what was to be erased, so this comes
  /// before it, whoever completes it.
  private Found erased(Found found) {
    Erasing erasing = found.head().erasing();
    if (erasing == null) {
      return found;
    }
    erasure.sweep(erasing, found.head().key());
    cluster.replace(catalog.log(), Head.ID, found.head().erased().print(), found.stamp());
    return found();
  }

  /// Completes what a process that ended left behind; the head after that.
  Head recover() {
    takeTurn();
    try {
      Found found = found();
      finished(found, intent(found.head().revision()));
      if (intent(found.head().revision() + 1) != null) {
        await(found.head().revision() + 1);
      }
      Head head = head();
      ages.see(head.revision());
      sweepLater(head);
      return head;
    } finally {
      turn.unlock();
    }
  }

  // Sweeping.

  /// The revisions whose leftovers nobody reads any more.
  private List<Long> due(Head head) {
    long old = ages.old();
    int tooMany = head.unswept().size() - UNSWEPT_MAX;
    return Stream.concat(
            head.unswept().stream().limit(Math.max(0, tooMany)),
            head.unswept().stream().skip(Math.max(0, tooMany)).filter(one -> one <= old))
        .toList();
  }

  /// Removes what these revisions left. Where it was done before, nothing is there any more.
  private void sweep(List<Long> revisions) {
    if (revisions.isEmpty()) {
      return;
    }
    List<String> ids = revisions.stream().map(Intent::id).toList();
    List<Operation> left = new ArrayList<>();
    for (Stored stored : cluster.get(catalog.log(), ids)) {
      if (stored != null) {
        left.addAll(Intent.parse(stored.source()).sweep());
      }
    }
    cluster.bulk(left);
    cluster.bulk(
        revisions.stream()
            .map(one -> Operation.remove(catalog.log(), Intent.id(one), null, one))
            .toList());
  }

  /// Has what was left until now swept when it is old.
  private void sweepLater(Head head) {
    if (!head.unswept().isEmpty() && sweepingLater.compareAndSet(false, true)) {
      var _ = upkeep.schedule(this::sweepOld, sweepingAfter.toMillis() + 1, TimeUnit.MILLISECONDS);
    }
  }

  private void sweepOld() {
    sweepingLater.set(false);
    try {
      Head head = head();
      if (!due(head).isEmpty()) {
        commit(_ -> new Decision.Write<>(true));
      } else {
        ages.see(head.revision());
        sweepLater(head);
      }
    } catch (MemoryException | Rejected e) {
      LOG.debug("What does not count any more is removed later: {}", e.getMessage());
    }
  }

  /// Sweeps all that this process knows to be left, as nobody may come after it.
  void sweepAll() {
    if (sweepingLater.get()) {
      Log last = new Log(cluster.within(CLOSING_MAX), catalog, Duration.ZERO, upkeep);
      last.ages.see(Long.MAX_VALUE);
      last.sweepOld();
    }
  }

  /// Says that all terms are of this version of the analyser.
  void recordWords(int version) {
    Found found = found();
    while (found.head().words() < version
        && !cluster.replace(
            catalog.log(),
            Head.ID,
            found.head().with(found.head().space(), version).print(),
            found.stamp())) {
      found = found();
    }
  }
}
