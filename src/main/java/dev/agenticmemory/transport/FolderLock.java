package dev.agenticmemory.transport;

import dev.agenticmemory.files.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Something in a data folder that one process at a time may do. The end of the process that does
/// it lets the next one, however that end comes.
///
/// No other user can open its file: who can read one can lock it.
final class FolderLock implements AutoCloseable {

  private final FileChannel channel;
  private @Nullable FileLock held;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Not taken yet.
  static FolderLock of(Path home, String name) throws IOException {
    OwnerOnly.folder(home);
    Path file = home.resolve(name);
    OwnerOnly.file(file);
    return new FolderLock(
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /// Whether this process has it now.
  boolean tryTake() throws IOException {
    try {
      held = held == null ? channel.tryLock() : held;
    } catch (OverlappingFileLockException _) {
      return false; // Another part of this process has it.
    }
    return held != null;
  }

  /// Lets others have it.
  void release() throws IOException {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
