package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalServerTest {

  @TempDir Path folder;

  @Test
  void aClientIsTakenAfterOthersCouldNotBe() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    BlockingQueue<SocketChannel> taken = new LinkedBlockingQueue<>();
    try (Exhausted listener = new Exhausted(2)) {
      listener.bind(address, 0);
      Thread.startVirtualThread(() -> LocalServer.accept(listener, taken::add));
      try (SocketChannel _ = SocketChannel.open(address);
          SocketChannel client = taken.poll(30, TimeUnit.SECONDS)) {
        assertThat(client).isNotNull();
      }
    }
  }

  @Test
  void whereNoWordCanBeLeftNoSocketIsLeftEither() throws Exception {
    Files.createDirectories(folder.resolve("serve.endpoint").resolve("in the way"));
    try (Dispatcher dispatcher =
        new Dispatcher(new MemoryOffer(LocalServerTest::none), () -> {}, "test")) {
      assertThatThrownBy(() -> LocalServer.open(folder, "settings", dispatcher))
          .isInstanceOf(IOException.class);
    }
    assertThat(folder.toFile().list()).noneMatch(name -> name.endsWith(".sock"));
  }

  private static Engine none() {
    throw new AssertionError("No engine is needed here");
  }

  /// A real listener that has no file descriptors left for its first clients.
  private static final class Exhausted extends ServerSocketChannel {
    private final ServerSocketChannel real = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final AtomicInteger failures;

    Exhausted(int failures) throws IOException {
      super(SelectorProvider.provider());
      this.failures = new AtomicInteger(failures);
    }

    @Override
    public SocketChannel accept() throws IOException {
      if (failures.getAndDecrement() > 0) {
        throw new IOException("Too many open files");
      }
      return real.accept();
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
      return real.bind(local, backlog);
    }

    @Override
    protected void implCloseSelectableChannel() throws IOException {
      real.close();
    }

    @Override
    protected void implConfigureBlocking(boolean block) throws IOException {
      real.configureBlocking(block);
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
      return real.setOption(name, value);
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
      return real.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
      return real.supportedOptions();
    }

    @Override
    public ServerSocket socket() {
      return real.socket();
    }

    @Override
    public SocketAddress getLocalAddress() throws IOException {
      return real.getLocalAddress();
    }
  }
}
