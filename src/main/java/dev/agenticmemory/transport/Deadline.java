package dev.agenticmemory.transport;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;

/// Closes a channel on whose other side nobody does anything: a process that was stopped takes
/// connections and says nothing. What waits on the channel then throws.
final class Deadline implements AutoCloseable {

  /// How long a server may take to welcome a process, which has an engine of its own to go to.
  private static final Duration WELCOME_MAX = Duration.ofSeconds(2);

  private final Thread watch;

  private Deadline(Thread watch) {
    this.watch = watch;
  }

  /// Begins now, and is called off by closing it.
  static Deadline on(Channel channel) {
    return new Deadline(
        Thread.ofPlatform().daemon().name("deadline").start(() -> closeLate(channel)));
  }

  private static void closeLate(Channel channel) {
    try {
      Thread.sleep(WELCOME_MAX);
      channel.close();
    } catch (InterruptedException | IOException _) {
      // It was in time, or closed already.
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
