package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Why the SQLite file cannot be used, and who can change that.
final class Fault {

  /// The rest of a result code says more than is needed here.
  private static final int PRIMARY = 0xff;

  private static final String MEND_FOLDER =
      "Put that right, or set MEMORY_HOME to a folder that you can write.";

  private Fault() {}

  static Unavailable of(Path file, Exception e) {
    return switch (primary(e)) {
      case SQLITE_BUSY ->
          new Unavailable(
              "The memory store is busy with other processes' writes",
              "Try again; if it stays so, look for a process that hangs on " + file + ".",
              e);
      case SQLITE_FULL ->
          new Unavailable(
              "The disk with the memory store is full; nothing was stored",
              "Free some space where " + file + " is, then try again.",
              e);
      case SQLITE_NOTADB ->
          Unavailable.untilMended(
              file + " is no memory store: it is something else, or damaged at its beginning",
              "Put back a copy of yours, or move this file away to begin anew.",
              e);
      case SQLITE_CORRUPT ->
          Unavailable.untilMended(
              "The memory store %s is damaged".formatted(file),
              "Put back a copy of yours; what can be read of this one, `sqlite3 %s .recover` shows."
                  .formatted(file),
              e);
      default -> other(file, e);
    };
  }

  private static SQLiteErrorCode primary(Exception e) {
    return e instanceof SQLiteException sqlite
        ? SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & PRIMARY)
        : SQLiteErrorCode.UNKNOWN_ERROR;
  }

  private static Unavailable other(Path file, Exception e) {
    String obstacle = obstacle(file);
    return obstacle == null
        ? new Unavailable(
            "The memory store %s did not answer: %s".formatted(file, e.getMessage()),
            "Try again; if it stays so, look at the disk and at the folder that it is in.",
            e)
        : Unavailable.untilMended(obstacle, MEND_FOLDER, e);
  }

  /// What of the file or its folder keeps this program out; null where nothing does.
  private static @Nullable String obstacle(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    if (folder == null) {
      return null;
    }
    if (!Files.isDirectory(folder)) {
      return folder + " is a file, and cannot be or hold the data folder";
    }
    if (!Files.isWritable(folder)) {
      return "The folder %s cannot be written".formatted(folder);
    }
    if (Files.isDirectory(file)) {
      return file + " is a folder, and cannot be the memory store";
    }
    return Files.exists(file) && !(Files.isReadable(file) && Files.isWritable(file))
        ? "The memory store %s cannot be read and written".formatted(file)
        : null;
  }
}
