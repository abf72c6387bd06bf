package dev.agenticmemory;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.files.OwnerOnly;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The log of a process that nobody looks at: a file that is begun anew when it gets long. The one
/// before it is kept.
final class BoundedLog extends OutputStream {

  private static final long BYTES_MAX = 1024 * 1024;

  private final Path file;
  private final long bytesMax;

  BoundedLog(Path file, long bytesMax) {
    this.file = file;
    this.bytesMax = bytesMax;
  }

  /// A stream to a file, which need not be there. What cannot be written is lost.
  static PrintStream at(Path file) {
    return new PrintStream(new BoundedLog(file, BYTES_MAX), true, UTF_8);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  /// Opens it each time, as there is little to say, and the folder may be gone tomorrow.
  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    if (Files.exists(file) && Files.size(file) + length > bytesMax) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    OwnerOnly.file(file);
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(bytes, from, length);
    }
  }
}
