package dev.agenticmemory.transport;

import dev.agenticmemory.files.OwnerOnly;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has a server started for a data folder where none runs: one, however many processes ask for it
/// at once. It outlives them.
public final class Starter {

  /// What the server writes, beside what its JVM does.
  public static final String LOG = "server.log";

  /// Held by the process that starts one.
  private static final String LOCK = "serve.start.lock";

  /// How long a server may take to leave word. On a busy machine it takes seconds.
  private static final Duration START_MAX = Duration.ofSeconds(20);

  private static final Duration LOOK_EVERY = Duration.ofMillis(10);

  /// How long others have to take their turn, where the start of a server has failed.
  private static final Duration TURN = Duration.ofMillis(500);

  private static final String SHELL = "/bin/sh";

  /// Runs its arguments out of reach of the signals that are meant for who runs it. macOS has no
  /// `setsid`; a shell that minds jobs gives each a process group of its own.
  private static final String DETACHED =
      """
      command -v setsid >/dev/null && exec setsid "$@"
      trap '' HUP INT
      set -m
      "$@" &
      wait $!
      """;

  private final Path home;
  private final Supplier<List<String>> command;

  private Starter(Path home, Supplier<List<String>> command) {
    this.home = home;
    this.command = command;
  }

  /// For a data folder; empty where this system has no way to start one.
  ///
  /// @param command what serves it, and ends at once where another server does already
  public static Optional<Starter> of(Path home, Supplier<List<String>> command) {
    return Files.isExecutable(Path.of(SHELL))
        ? Optional.of(new Starter(home, command))
        : Optional.empty();
  }

  /// Waits for a server, and starts it where nobody else does. Null where none comes.
  ///
  /// @param connect gives the link to a server that runs; null for none
  @Nullable Link await(Supplier<@Nullable Link> connect) {
    try (FolderLock lock = FolderLock.of(home, LOCK)) {
      return await(connect, lock);
    } catch (IOException _) {
      return null; // A full disk, a folder that may not be written.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private @Nullable Link await(Supplier<@Nullable Link> connect, FolderLock lock)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + START_MAX.toNanos();
    Link link = ofOthers(connect, lock, until);
    if (link == null && !isOver(until)) {
      link = ofOwn(connect, until);
    }
    if (link == null && !isOver(until)) {
      lock.release();
      Thread.sleep(TURN); // Who else waits takes it meanwhile, and may fare better.
      link = ofOthers(connect, lock, until);
    }
    return link;
  }

  /// Waits for a server of another process's, until it is this one's turn to start one.
  private static @Nullable Link ofOthers(
      Supplier<@Nullable Link> connect, FolderLock lock, long until)
      throws IOException, InterruptedException {
    while (!isOver(until)) {
      boolean turn = lock.tryTake();
      Link link = connect.get();
      if (link != null || turn) {
        return link;
      }
      Thread.sleep(LOOK_EVERY);
    }
    return null;
  }

  /// Starts one, and waits for it as long as it lives.
  private @Nullable Link ofOwn(Supplier<@Nullable Link> connect, long until)
      throws IOException, InterruptedException {
    Process started = start();
    while (!isOver(until)) {
      boolean failed = !started.isAlive();
      Link link = connect.get();
      if (link != null || failed) {
        return link;
      }
      Thread.sleep(LOOK_EVERY);
    }
    return null;
  }

  private static boolean isOver(long until) {
    return System.nanoTime() - until >= 0;
  }

  /// In the data folder, since the client's own may be gone tomorrow.
  private Process start() throws IOException {
    List<String> detached = new ArrayList<>(List.of(SHELL, "-c", DETACHED, SHELL));
    detached.addAll(command.get());
    Path log = home.resolve(LOG);
    OwnerOnly.file(log);
    return new ProcessBuilder(detached)
        .directory(home.toFile())
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
