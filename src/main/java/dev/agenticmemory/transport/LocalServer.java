package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.mcp.Dispatcher;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves the stdio processes of the same data folder, so that many clients share one store and one
/// model: over a Unix domain socket in that folder, for its owner alone.
public final class LocalServer implements AutoCloseable {

  /// Longest line of a pump, in bytes: a message, its number and a letter.
  private static final int LINE_BYTES_MAX = Conversation.LINE_BYTES_MAX + 32;

  /// Most characters that wait for one pump to read them. One that stands still is let go.
  private static final long WAITING_CHARS_MAX = 64L * 1024 * 1024;

  /// How long no more are taken after one could not be, as where all file descriptors are in use.
  private static final Duration ACCEPT_PAUSE = Duration.ofMillis(200);

  /// How long answers under way may take once the server ends.
  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(5);

  /// Held by the server that a stdio process has started.
  private static final String LOCK = "serve.lock";

  /// How long a server may take to end.
  private static final Duration ENDING_MAX = Duration.ofSeconds(10);

  private static final Duration LOCK_PAUSE = Duration.ofMillis(20);

  /// How often it is looked whether anybody is still here.
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private static final String END = "";

  private static final Logger LOG = LoggerFactory.getLogger(LocalServer.class);

  private final Path home;
  private final Dispatcher dispatcher;
  private final @Nullable FolderLock lock;
  private final Map<SocketChannel, Thread> clients = new ConcurrentHashMap<>();
  private volatile Door door;
  private volatile boolean closing;
  private volatile long lastLeft = System.nanoTime();

  private LocalServer(Path home, Dispatcher dispatcher, Door door, @Nullable FolderLock lock) {
    this.home = home;
    this.dispatcher = dispatcher;
    this.door = door;
    this.lock = lock;
  }

  /// Listens, and leaves word in the data folder.
  ///
  /// @param settings the fingerprint of this process
  public static LocalServer open(Path home, String settings, Dispatcher dispatcher)
      throws IOException {
    return open(home, settings, dispatcher, null);
  }

  /// Likewise, where no other server serves the data folder; empty where one does.
  public static Optional<LocalServer> openAlone(Path home, String settings, Dispatcher dispatcher)
      throws IOException, InterruptedException {
    FolderLock lock = FolderLock.of(home, LOCK);
    try {
      if (isAlone(home, lock)) {
        return Optional.of(open(home, settings, dispatcher, lock));
      }
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    lock.close();
    return Optional.empty();
  }

  /// Waits for one that is ending.
  private static boolean isAlone(Path home, FolderLock lock)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + ENDING_MAX.toNanos();
    boolean taken = lock.tryTake();
    while (!taken && System.nanoTime() < until && !isServed(home)) {
      Thread.sleep(LOCK_PAUSE);
      taken = lock.tryTake();
    }
    return taken && !isServed(home);
  }

  private static boolean isServed(Path home) {
    return Endpoint.read(home).filter(Endpoint::answers).isPresent();
  }

  private static LocalServer open(
      Path home, String settings, Dispatcher dispatcher, @Nullable FolderLock lock)
      throws IOException {
    OwnerOnly.folder(home);
    LocalServer server = new LocalServer(home, dispatcher, Door.open(home, settings), lock);
    server.takeAt(server.door);
    return server;
  }

  private void takeAt(Door at) {
    Thread.ofVirtual().name("local-server").start(() -> accept(at.listener(), this::take));
  }

  /// Takes clients until the listener is closed.
  static void accept(ServerSocketChannel listener, Consumer<SocketChannel> taken) {
    try {
      while (listener.isOpen()) {
        try {
          taken.accept(listener.accept());
        } catch (ClosedChannelException _) {
          return;
        } catch (IOException e) {
          LOG.warn("A stdio process was not taken: {}", e.toString());
          Thread.sleep(ACCEPT_PAUSE);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(SocketChannel client) {
    Thread.ofVirtual().name("pump").start(() -> serve(client));
  }

  private void serve(SocketChannel channel) {
    Waiting waiting = new Waiting(channel);
    clients.put(channel, Thread.currentThread());
    try (channel) {
      if (closing) {
        return; // Who ends it may not have seen this one.
      }
      Lines lines = new Lines(Channels.newInputStream(channel), LINE_BYTES_MAX);
      Greeting greeting = greeting(lines.next());
      if (greeting == null) {
        return;
      }
      waiting.start();
      waiting.accept(Greeting.WELCOME);
      try (PumpedClient client = new PumpedClient(dispatcher, greeting, waiting)) {
        for (Lines.Line line = lines.next();
            line instanceof Lines.Line.Text(String text);
            line = lines.next()) {
          client.receive(text);
        }
      }
      waiting.finish();
    } catch (IOException e) {
      LOG.debug("A pump has left", e);
    } finally {
      waiting.end();
      lastLeft = System.nanoTime();
      clients.remove(channel);
    }
  }

  private @Nullable Greeting greeting(Lines.@Nullable Line line) {
    Greeting greeting = line instanceof Lines.Line.Text(String text) ? Greeting.parse(text) : null;
    boolean known =
        greeting != null
            && MessageDigest.isEqual(
                greeting.secret().getBytes(UTF_8), door.endpoint().secret().getBytes(UTF_8));
    return known ? greeting : null;
  }

  /// Lines for one pump, which wait here so that nobody waits for a pump that does not read.
  private static final class Waiting implements Consumer<String> {
    private final SocketChannel channel;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AtomicLong chars = new AtomicLong();
    private final Thread writer;

    Waiting(SocketChannel channel) {
      this.channel = channel;
      this.writer = Thread.ofVirtual().name("to-pump").unstarted(this::write);
    }

    void start() {
      writer.start();
    }

    /// Has all of them written, if the pump reads them in time.
    void finish() {
      end();
      try {
        var _ = writer.join(LAST_ANSWERS_MAX);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void accept(String line) {
      if (chars.addAndGet(line.length()) > WAITING_CHARS_MAX) {
        LOG.warn("A stdio process does not read its answers, and is let go");
        close();
      } else {
        lines.add(line);
      }
    }

    void end() {
      lines.add(END);
    }

    private void write() {
      try {
        OutputStream out = Channels.newOutputStream(channel);
        for (String line = lines.take(); !line.equals(END); line = lines.take()) {
          out.write((line + "\n").getBytes(UTF_8));
          chars.addAndGet(-line.length());
        }
      } catch (IOException e) {
        LOG.debug("A pump does not read any more", e);
        close();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void close() {
      try {
        channel.close();
      } catch (IOException e) {
        LOG.debug("A pump's connection did not close", e);
      }
    }
  }

  /// Returns when no pump has been here for a time, or when the last one has left and the data
  /// folder leads to this server no more: another has taken its place, or the folder is gone.
  public void awaitIdle(Duration idle) throws InterruptedException {
    while (!clients.isEmpty()
        || (System.nanoTime() - lastLeft < idle.toNanos() && door.isFound())) {
      keepPlace();
      Thread.sleep(LOOK_EVERY);
    }
  }

  /// While it lives it has the lock, and no other is started. So it is to be found, unless it is
  /// another server that is.
  private synchronized void keepPlace() {
    try {
      if (!closing && !door.isFound() && !isServed(home)) {
        takePlace();
      }
    } catch (IOException e) {
      LOG.debug("The data folder is gone, or cannot be written", e);
    }
  }

  private void takePlace() throws IOException {
    if (door.hasSocket()) {
      door.announce();
      return;
    }
    Door before = door;
    Door next = Door.open(home, before.endpoint().settings());
    door = next;
    takeAt(next);
    before.listener().close();
    LOG.warn("The socket for stdio processes was gone, and was made again");
  }

  /// Takes no more messages, and gives the answers to those that it has taken.
  @Override
  public void close() {
    close(LAST_ANSWERS_MAX);
  }

  /// Ends as a server does whose answers take longer than that.
  void close(Duration answersMax) {
    try {
      closeDoor();
      List<Thread> conversations = List.copyOf(clients.values());
      for (SocketChannel client : clients.keySet()) {
        hearNoMore(client);
      }
      await(conversations, answersMax);
      for (SocketChannel client : clients.keySet()) {
        client.close();
      }
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.warn("The socket for stdio processes was not put away: {}", e.toString());
    }
  }

  private synchronized void closeDoor() throws IOException {
    closing = true;
    door.close();
  }

  private static void hearNoMore(SocketChannel client) {
    try {
      client.shutdownInput();
    } catch (IOException e) {
      LOG.debug("A pump has left", e);
    }
  }

  private static void await(List<Thread> conversations, Duration max) {
    long until = System.nanoTime() + max.toNanos();
    try {
      for (Thread conversation : conversations) {
        Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
        if (!conversation.join(left)) {
          LOG.warn("Some stdio processes did not get their answers before the end");
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
