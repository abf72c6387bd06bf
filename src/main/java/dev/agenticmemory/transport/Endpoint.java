package dev.agenticmemory.transport;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// Where the server of a data folder is reached from the same machine: a file that its owner alone
/// can read.
///
/// @param socket the Unix domain socket
/// @param secret what a client shows to be let in
/// @param settings the fingerprint of the server's settings
record Endpoint(Path socket, String secret, String settings) {

  private static final String FILE = "serve.endpoint";
  private static final String OWNER_ALONE = "rw-------";
  private static final int LINES = 3;

  /// What the data folder says; empty where no server has left word, or not in this form.
  static Optional<Endpoint> read(Path home) {
    try {
      List<String> lines = Files.readAllLines(home.resolve(FILE));
      return lines.size() == LINES
          ? Optional.of(new Endpoint(Path.of(lines.get(0)), lines.get(1), lines.get(2)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether somebody listens there. A killed server leaves its word behind.
  boolean answers() {
    return answers(socket);
  }

  static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Deadline _ = Deadline.on(channel)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (AsynchronousCloseException _) {
      return true; // Its server is stopped, and may go on.
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  /// Takes the place of what was there.
  void write(Path home) throws IOException {
    Path draft =
        Files.createTempFile(
            home,
            FILE,
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ALONE)));
    Files.write(draft, List.of(socket.toString(), secret, settings));
    Files.move(draft, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Whether this is what the data folder says.
  boolean isIn(Path home) {
    return read(home).equals(Optional.of(this));
  }

  /// Removes the file, unless another server has written it since.
  void remove(Path home) throws IOException {
    if (isIn(home)) {
      Files.deleteIfExists(home.resolve(FILE));
    }
  }
}
