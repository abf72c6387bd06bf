package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.files.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The SQLite file: its settings, its connections, and what a transaction is.
///
/// Writers of all processes take turns; readers never wait, and see the state of one moment.
final class Database implements AutoCloseable {

  /// How long a write waits for other processes' writes. SQLite's queue is not fair, so a wait of
  /// seconds has been seen with several busy writers.
  private static final int BUSY_TIMEOUT_MS = 30_000;

  /// How long an emptying of the log waits for readers of other processes, and all writers with it.
  private static final int CHECKPOINT_TIMEOUT_MS = 200;

  /// Reading connections that are kept open. More threads than that open their own for one read.
  private static final int READERS_KEPT = 4;

  /// Work inside one transaction.
  interface Work<T> {
    T run(Connected connection) throws SQLException;
  }

  private final Path file;
  private final Connected writer;
  private final ReentrantLock writing = new ReentrantLock();
  private final Deque<Connected> readers = new ArrayDeque<>();
  private boolean checkpointDue;
  private boolean inTransaction;
  private boolean closed;

  /// Opens the file, or makes it, with the newest schema.
  Database(Path file) {
    this.file = file;
    try {
      createPrivately(file);
      writer = openInTurn();
      checkpoint();
    } catch (IOException | SQLException e) {
      throw unavailable(e);
    }
  }

  /// Runs `work` in a transaction, alone among all writers. Whatever `work` throws rolls it back.
  /// Within the work of another write it is a part of that one's transaction.
  <T> T write(Work<T> work) {
    writing.lock();
    try {
      return inTransaction ? part(work) : whole(work);
    } catch (SQLException e) {
      throw unavailable(e);
    } finally {
      writing.unlock();
    }
  }

  private <T> T whole(Work<T> work) throws SQLException {
    writer.execute("BEGIN IMMEDIATE");
    inTransaction = true;
    try {
      T result = work.run(writer);
      writer.execute("COMMIT");
      inTransaction = false;
      if (checkpointDue) {
        checkpoint();
      }
      return result;
    } finally {
      if (inTransaction) {
        inTransaction = false;
        rollBack();
      }
    }
  }

  private <T> T part(Work<T> work) throws SQLException {
    writer.execute("SAVEPOINT part");
    boolean done = false;
    try {
      T result = work.run(writer);
      done = true;
      return result;
    } finally {
      if (!done) {
        writer.execute("ROLLBACK TO part");
      }
      writer.execute("RELEASE part");
    }
  }

  /// Runs `work` on the state of one moment.
  <T> T read(Work<T> work) {
    Connected reader = null;
    try {
      reader = borrow();
      reader.execute("BEGIN");
      try {
        return work.run(reader);
      } finally {
        reader.execute("COMMIT");
      }
    } catch (SQLException e) {
      throw unavailable(e);
    } finally {
      if (reader != null) {
        giveBack(reader);
      }
    }
  }

  /// A reading connection for the caller alone, who closes it.
  Connected open() throws SQLException {
    Connected connection = new Connected(DriverManager.getConnection("jdbc:sqlite:" + file));
    configure(connection);
    return connection;
  }

  /// Brings the write-ahead log into the file and empties it, so that nothing deleted is left in
  /// either; within a transaction, after it. Where a reader is in the way, later writes try again,
  /// and so does whichever process opens the file next or leaves it last.
  void checkpoint() {
    writing.lock();
    try {
      if (inTransaction) {
        checkpointDue = true;
        return;
      }
      writer.execute("PRAGMA busy_timeout=" + CHECKPOINT_TIMEOUT_MS);
      try {
        checkpointDue =
            writer.query("PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1)).contains(1);
      } finally {
        writer.execute("PRAGMA busy_timeout=" + BUSY_TIMEOUT_MS);
      }
    } catch (SQLException e) {
      throw unavailable(e);
    } finally {
      writing.unlock();
    }
  }

  Unavailable unavailable(Exception e) {
    return Fault.of(file, e);
  }

  @Override
  public void close() {
    writing.lock();
    try {
      synchronized (readers) {
        if (closed) {
          return;
        }
        closed = true;
        for (Connected reader : readers) {
          reader.close();
        }
      }
      writer.query("PRAGMA wal_checkpoint(TRUNCATE)", row -> row.getInt(1));
      writer.close();
    } catch (SQLException e) {
      throw unavailable(e);
    } finally {
      writing.unlock();
    }
  }

  /// One process at a time makes or migrates the file: several first starts at once are usual.
  private Connected openInTurn() throws IOException, SQLException {
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lockInTurn(channel)) {
      Connected connection = open();
      try {
        connection.query("PRAGMA journal_mode=WAL", row -> row.getString(1));
        Durability.require(connection);
        Schema.migrate(connection);
        return connection;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    }
  }

  // A file lock is the process's, so threads of one process take turns by this monitor.
  private static FileLock lockInTurn(FileChannel channel) throws IOException {
    synchronized (Database.class) {
      while (true) {
        try {
          return channel.lock();
        } catch (java.nio.channels.OverlappingFileLockException _) {
          Thread.onSpinWait();
        }
      }
    }
  }

  private static void configure(Connected connection) throws SQLException {
    connection.execute("PRAGMA busy_timeout=" + BUSY_TIMEOUT_MS);
    connection.execute("PRAGMA synchronous=FULL");
    // On macOS an ordinary sync leaves the data in the drive's own cache.
    connection.execute("PRAGMA fullfsync=ON");
    connection.execute("PRAGMA checkpoint_fullfsync=ON");
    // What is deleted is overwritten; sorting never spills memory texts into temporary files.
    connection.execute("PRAGMA secure_delete=ON");
    connection.execute("PRAGMA temp_store=MEMORY");
    connection.execute("PRAGMA foreign_keys=ON");
  }

  private Connected borrow() throws SQLException {
    synchronized (readers) {
      if (closed) {
        throw new IllegalStateException("The store is closed");
      }
      Connected kept = readers.poll();
      if (kept != null) {
        return kept;
      }
    }
    return open();
  }

  private void giveBack(Connected reader) {
    synchronized (readers) {
      if (!closed && readers.size() < READERS_KEPT) {
        readers.push(reader);
        return;
      }
    }
    try {
      reader.close();
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  private void rollBack() throws SQLException {
    try {
      writer.execute("ROLLBACK");
    } catch (SQLiteException e) {
      // SQLite has rolled back by itself after a full disk or an I/O error.
      if (e.getResultCode() != SQLiteErrorCode.SQLITE_ERROR) {
        throw e;
      }
    }
  }

  /// What SQLite puts beside the file follows suit.
  private static void createPrivately(Path file) throws IOException {
    OwnerOnly.folderOf(file);
    OwnerOnly.file(file);
  }

  /// The settings that the promises rest on, read back: SQLite ignores what it does not know.
  private static final class Durability {

    static void require(Connected connection) throws SQLException {
      requireOne(connection, "journal_mode", "wal");
      requireOne(connection, "synchronous", "2");
      requireOne(connection, "fullfsync", "1");
      requireOne(connection, "secure_delete", "1");
    }

    private static void requireOne(Connected connection, String name, String expected)
        throws SQLException {
      String actual = connection.first("PRAGMA " + name, row -> row.getString(1)).orElse("nothing");
      if (!actual.equalsIgnoreCase(expected)) {
        throw new SQLException(
            "%s is %s and not %s, so acknowledged memories would not be safe; put the data folder"
                    .formatted(name, actual, expected)
                + " on a local disk");
      }
    }
  }
}
