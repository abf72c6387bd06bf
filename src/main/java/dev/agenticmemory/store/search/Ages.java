package dev.agenticmemory.store.search;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Since when this process knows of which revisions. Safe for concurrent use.
final class Ages {

  /// Revisions within such a part of the age count as seen together.
  private static final int STEPS = 10;

  private final long oldNanos;
  private final Deque<Seen> young = new ArrayDeque<>();
  private long old = -1;

  /// @param old from which age on a revision is old
  Ages(Duration old) {
    oldNanos = old.toNanos();
  }

  private record Seen(long revision, long nanos) {}

  /// This revision is there by now.
  synchronized void see(long revision) {
    Seen last = young.peekLast();
    if (revision <= (last == null ? old : last.revision())) {
      return;
    }
    long since = System.nanoTime();
    if (last != null && since - last.nanos() < oldNanos / STEPS) {
      young.removeLast();
      since = last.nanos();
    }
    young.addLast(new Seen(revision, since));
  }

  /// The newest revision that is old; -1 for none.
  synchronized long old() {
    long now = System.nanoTime();
    for (Seen first = young.peekFirst();
        first != null && now - first.nanos() >= oldNanos;
        first = young.peekFirst()) {
      old = first.revision();
      young.removeFirst();
    }
    return old;
  }
}
