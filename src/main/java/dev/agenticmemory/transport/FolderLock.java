package dev.agenticmemory.transport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Something in a data folder that one process at a time may do. The end of the process that does
/// it lets the next one, however that end comes.
final class FolderLock implements AutoCloseable {

  private final FileChannel channel;
  private boolean held;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Not taken yet.
  static FolderLock of(Path home, String name) throws IOException {
    Files.createDirectories(home);
    return new FolderLock(
        FileChannel.open(home.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  /// Whether this process has it now.
  boolean tryTake() throws IOException {
    try {
      held = held || channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false; // Another part of this process has it.
    }
    return held;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
