package dev.agenticmemory.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/// A connection that knows how its client takes what is sent. Jetty's own least rate counts from an
/// answer's first byte, by which a stream of rare events is slow, and is asked only at each write,
/// of which a long answer is one.
final class WatchedEndPoint extends SocketChannelEndPoint {

  /// What a client has to take, in bytes, from one look to the next while something waits for it.
  private static final long BYTES_LEAST = 32 * 1024;

  private volatile long taken;
  private volatile boolean behind;
  private long takenBefore;

  WatchedEndPoint(
      SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
    super(channel, selector, key, scheduler);
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    long before = remaining(buffers);
    boolean all = super.flush(buffers);
    count(before - remaining(buffers));
    if (all) {
      behind = false;
    }
    return all;
  }

  private synchronized void count(long more) {
    taken += more;
  }

  private static long remaining(ByteBuffer... buffers) {
    long bytes = 0;
    for (ByteBuffer buffer : buffers) {
      bytes += buffer.remaining();
    }
    return bytes;
  }

  /// Whether something has waited for the client ever since this was last asked, and it took next
  /// to nothing of it. For one thread.
  boolean isSlow() {
    boolean wasBehind = behind;
    long now = taken;
    behind = true; // Before the look, so that who catches up right after it is seen.
    if (!getWriteFlusher().isPending()) {
      behind = false;
    }
    boolean slow = wasBehind && behind && now - takenBefore < BYTES_LEAST;
    takenBefore = now;
    return slow;
  }
}
