package dev.agenticmemory.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes files and folders that no other user of the machine can open, where the file system knows
/// users. What is there already is left as it is.
public final class OwnerOnly {

  private OwnerOnly() {}

  /// Makes a folder, with those above it, unless it is there.
  public static void folder(Path folder) throws IOException {
    Files.createDirectories(folder, permissions(folder, "rwx------"));
  }

  /// Makes the folder that a file is to be in.
  public static void folderOf(Path file) throws IOException {
    folder(file.toAbsolutePath().resolveSibling(".").normalize());
  }

  /// Makes an empty file unless it is there.
  public static void file(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      Files.createFile(file, permissions(file, "rw-------"));
    } catch (FileAlreadyExistsException _) {
      // Another process has made it just now, or it is a link to nowhere.
    }
  }

  private static FileAttribute<?>[] permissions(Path path, String symbolic) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(symbolic))
    };
  }
}
