package dev.agenticmemory.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that is written all or not at all.
public final class WholeFile {

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private WholeFile() {}

  /// With the permissions of what was there, else for its owner alone; through a link to where it
  /// points.
  public static void write(Path file, String text) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file;
    boolean keep = Files.exists(target) && view(target) != null;
    write(target, text, keep ? Files.getPosixFilePermissions(target) : PRIVATE);
  }

  /// For its owner alone, whatever was there.
  public static void writePrivately(Path file, String text) throws IOException {
    write(Files.exists(file) ? file.toRealPath() : file, text, PRIVATE);
  }

  private static void write(Path target, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    Files.createDirectories(target.toAbsolutePath().getParent());
    Path draft = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(draft);
    PosixFileAttributeView view = view(draft);
    if (view != null) {
      view.setPermissions(permissions);
    }
    Files.writeString(draft, text);
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static @Nullable PosixFileAttributeView view(Path file) {
    return Files.getFileAttributeView(file, PosixFileAttributeView.class);
  }
}
