package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/// A pump's link to the server of the data folder.
final class SocketLink implements Link {

  private final Path socket;
  private final Greeting greeting;
  private final SocketChannel channel;
  private final OutputStream out;
  private final Lines in;
  private volatile boolean over;

  private SocketLink(Path socket, Greeting greeting, SocketChannel channel) {
    this.socket = socket;
    this.greeting = greeting;
    this.channel = channel;
    this.out = Channels.newOutputStream(channel);
    InputStream stream = Channels.newInputStream(channel);
    this.in = new Lines(stream, Integer.MAX_VALUE);
  }

  /// Connects and greets. Throws where nobody welcomes it in time.
  ///
  /// @param received told of each line of the server, by a thread of its own
  /// @param broken told when the server is gone
  static SocketLink open(
      Path socket, Greeting greeting, Consumer<String> received, Consumer<Link> broken)
      throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try (Deadline _ = Deadline.on(channel)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      SocketLink link = new SocketLink(socket, greeting, channel);
      link.send(greeting.line());
      if (!(link.in.next() instanceof Lines.Line.Text(String word))
          || !word.equals(Greeting.WELCOME)) {
        throw new IOException("Not welcome");
      }
      Thread.ofPlatform().daemon().name("from-server").start(() -> link.read(received, broken));
      return link;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void read(Consumer<String> received, Consumer<Link> broken) {
    try {
      for (Lines.Line line = in.next();
          line instanceof Lines.Line.Text(String text);
          line = in.next()) {
        received.accept(text);
      }
    } catch (IOException _) {
      // The same as its end.
    }
    close();
    over = true;
    broken.accept(this);
  }

  @Override
  public void send(String line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public boolean isSilent() {
    try (SocketLink _ = open(socket, greeting, _ -> {}, _ -> {})) {
      return false;
    } catch (ClosedChannelException _) {
      return true; // The deadline has passed.
    } catch (IOException _) {
      return false; // It is gone or is ending, which this link is told by itself.
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException _) {
      // Nothing was to be sent any more.
    }
  }
}
