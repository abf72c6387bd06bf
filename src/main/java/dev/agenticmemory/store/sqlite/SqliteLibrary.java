package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.natives.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// Where SQLite itself comes from.
public final class SqliteLibrary {

  /// Read by the driver before its first connection. Where it finds nothing there that it can load,
  /// it unpacks its library by itself.
  private static final String FOLDER = "org.sqlite.lib.path";

  private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

  private SqliteLibrary() {}

  /// Has the library unpacked into this folder once, not at each start. Where it cannot be, the
  /// driver does what it always does.
  public static void keepIn(Path dir) {
    if (System.getProperty(FOLDER) != null) {
      return;
    }
    String resources = LibraryLoaderUtil.getNativeLibResourcePath();
    String platform = resources.replaceAll(".*/native/", "").replace('/', '-');
    Path folder = dir.resolve("sqlite-%s-%s".formatted(SQLiteJDBCLoader.getVersion(), platform));
    String file = LibraryLoaderUtil.getNativeLibName();
    try {
      if (NativeLibrary.unpack(
          SQLiteJDBCLoader.class, resources + "/" + file, folder.resolve(file))) {
        System.setProperty(FOLDER, folder.toString());
      }
    } catch (IOException e) {
      LOG.debug("SQLite is unpacked at each start: {} cannot be written", folder, e);
    }
  }
}
