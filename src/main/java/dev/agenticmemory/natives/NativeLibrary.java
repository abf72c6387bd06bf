package dev.agenticmemory.natives;

import dev.agenticmemory.files.OwnerOnly;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A native library in a jar, unpacked once for all processes.
///
/// Left to themselves, libraries of Java unpack theirs into the temporary folder at every start,
/// and leave them there when the process is killed.
public final class NativeLibrary {

  private NativeLibrary() {}

  /// Unpacks a resource where it is not yet. A file that is there is whole: it takes its place at
  /// once, after it is on the disk.
  ///
  /// @param in a class of the jar
  /// @return false where the jar has no such resource, as on a platform that it does not know
  public static boolean unpack(Class<?> in, String resource, Path target) throws IOException {
    if (Files.exists(target)) {
      return true;
    }
    try (InputStream from = in.getResourceAsStream(resource)) {
      if (from == null) {
        return false;
      }
      OwnerOnly.folderOf(target);
      Path draft = Files.createTempFile(target.getParent(), "unpack", ".tmp");
      try {
        Files.copy(from, draft, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel file = FileChannel.open(draft, StandardOpenOption.WRITE)) {
          file.force(true);
        }
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(draft);
      }
      return true;
    }
  }
}
