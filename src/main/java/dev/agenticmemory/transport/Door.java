package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Where a server lets stdio processes in: a Unix domain socket, and the word of it in the data
/// folder.
///
/// @param home the data folder
/// @param endpoint the word
/// @param listener on the socket
record Door(Path home, Endpoint endpoint, ServerSocketChannel listener) implements AutoCloseable {

  /// Longest path of a socket, in bytes, that Linux and macOS both take.
  private static final int PATH_BYTES_MAX = 100;

  private static final String PREFIX = "serve-";
  private static final String SUFFIX = ".sock";

  private static final int SECRET_BYTES = 32;

  /// Listens, and leaves word, in the place of who did before.
  ///
  /// @param settings the fingerprint of this process
  static Door open(Path home, String settings) throws IOException {
    try {
      return listening(home, settings);
    } catch (UnsupportedOperationException e) {
      throw new IOException("This system has no such sockets, or no owners of files", e);
    }
  }

  private static Door listening(Path home, String settings) throws IOException {
    removeStale(home);
    Path socket = socket(home);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Endpoint endpoint = new Endpoint(socket, secret(), settings);
      endpoint.write(home);
      return new Door(home, endpoint, listener);
    } catch (IOException | RuntimeException e) {
      listener.close();
      Files.deleteIfExists(socket);
      throw e;
    }
  }

  private static Path socket(Path home) throws IOException {
    String name = PREFIX + ProcessHandle.current().pid() + SUFFIX;
    Path inHome = home.resolve(name);
    if (inHome.toString().getBytes(UTF_8).length <= PATH_BYTES_MAX) {
      return inHome;
    }
    return Files.createTempDirectory("agentic-memory").resolve(name);
  }

  /// Removes what servers have left behind that were killed.
  private static void removeStale(Path home) throws IOException {
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(home, PREFIX + "*" + SUFFIX)) {
      for (Path socket : sockets) {
        if (!Endpoint.answers(socket)) {
          Files.deleteIfExists(socket);
        }
      }
    }
  }

  private static String secret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Whether who reads the data folder comes here.
  boolean isFound() {
    return hasSocket() && endpoint.isIn(home);
  }

  /// Whether its socket has a file still. Who sweeps old files of others away does not ask.
  boolean hasSocket() {
    return Files.exists(endpoint.socket());
  }

  /// Leaves word again.
  void announce() throws IOException {
    endpoint.write(home);
  }

  /// Lets no more in, and leaves nothing behind.
  @Override
  public void close() throws IOException {
    endpoint.remove(home);
    listener.close();
    Files.deleteIfExists(endpoint.socket());
    Path folder = endpoint.socket().getParent();
    if (folder != null && !home.equals(folder)) {
      Files.deleteIfExists(folder); // Made for the socket alone.
    }
  }
}
