package dev.agenticmemory.http;

import java.util.concurrent.Semaphore;

/// The memory that the bodies of all requests under way share, so that many large ones together
/// cannot fill the heap.
final class BodyRoom {

  /// A body up to this size, in bytes, always has room: there are no more of them than threads.
  private static final int SMALL_BYTES = 64 * 1024;

  private static final String RETRY_AFTER_S = "5";

  private final Semaphore bytes;

  BodyRoom(int bytesMax) {
    bytes = new Semaphore(bytesMax);
  }

  /// What one body takes. It is free again once this is closed.
  final class Share implements AutoCloseable {
    private int held;

    /// Makes room for a body that has that many bytes so far. Taken as bytes come in, so that a
    /// request that only says that it is large takes none.
    void grow(int size) throws LimitedBody.Exceeded {
      int more = size <= SMALL_BYTES ? 0 : size - held;
      if (!bytes.tryAcquire(more)) {
        throw new LimitedBody.Exceeded(
            new Problem(
                    Problem.UNAVAILABLE,
                    "Too many large requests are under way. Send it again in a moment.")
                .with("Retry-After", RETRY_AFTER_S));
      }
      held += more;
    }

    @Override
    public void close() {
      bytes.release(held);
      held = 0;
    }
  }
}
