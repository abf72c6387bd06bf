package dev.agenticmemory.http;

import dev.agenticmemory.domain.Unavailable;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// Listens on one address, and takes each request through the filters to the servlet of its path.
public final class HttpServer implements AutoCloseable {

  /// How many requests are worked on at once. Each add that waits for a language model holds one.
  private static final int THREADS_MAX = 400;

  /// How long a connection may be silent in the middle of a request, or between two.
  private static final Duration IDLE_MAX = Duration.ofSeconds(30);

  /// How long requests under way may take when the server ends.
  private static final Duration END_MAX = Duration.ofSeconds(5);

  /// How many connections are open at once; more wait to be accepted.
  private static final int CONNECTIONS_MAX = 2_000;

  private static final int SEND_BUFFER_BYTES = 256 * 1024;

  private final Server server;
  private final ServerConnector connector;
  private final InetSocketAddress address;
  private final SlowConnections slow;

  /// Without encryption, and with any number of connections from one address.
  public HttpServer(InetSocketAddress address, List<Filter> filters, List<Mount> mounts) {
    this(address, null, new Connections(0), filters, mounts);
  }

  /// @param tls null for connections that are not encrypted
  /// @param filters in the order in which a request passes them
  public HttpServer(
      InetSocketAddress address,
      @Nullable Tls tls,
      Connections connections,
      List<Filter> filters,
      List<Mount> mounts) {
    this.address = address;
    QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX);
    threads.setName("http");
    threads.setDaemon(true);
    server = new Server(threads);
    server.setStopTimeout(END_MAX.toMillis());
    connector = new WatchedConnector(server, factories(tls));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MAX.toMillis());
    // Else the system lets it grow to megabytes, and a slow reader is seen in steps of that size.
    connector.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(CONNECTIONS_MAX, connector));
    connector.addBean(new ConnectionsPerAddress(connections.perAddressMax(), connections.exempt()));
    server.setErrorHandler(new Errors());
    server.setHandler(context(filters, mounts));
    slow = new SlowConnections(connector, connections.look());
  }

  private static final class WatchedConnector extends ServerConnector {
    WatchedConnector(Server server, ConnectionFactory... factories) {
      super(server, factories);
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
        SocketChannel channel, ManagedSelector selector, SelectionKey key) {
      SocketChannelEndPoint endPoint = new WatchedEndPoint(channel, selector, key, getScheduler());
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }
  }

  private static ConnectionFactory[] factories(@Nullable Tls tls) {
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    HttpConnectionFactory http = new HttpConnectionFactory(configuration);
    if (tls == null) {
      return new ConnectionFactory[] {http};
    }
    // The gate checks the host; Jetty's own check would want a name in the certificate for it.
    SecureRequestCustomizer secure = new SecureRequestCustomizer();
    secure.setSniHostCheck(false);
    configuration.addCustomizer(secure);
    SslContextFactory.Server keys = new SslContextFactory.Server();
    keys.setKeyStorePath(tls.keystore().toString());
    keys.setKeyStoreType("PKCS12");
    keys.setKeyStorePassword(tls.password());
    return new ConnectionFactory[] {new SslConnectionFactory(keys, http.getProtocol()), http};
  }

  private static ServletContextHandler context(List<Filter> filters, List<Mount> mounts) {
    ServletContextHandler context = new ServletContextHandler("/");
    context.setErrorHandler(new Errors());
    for (Filter filter : filters) {
      FilterHolder holder = new FilterHolder(filter);
      holder.setAsyncSupported(true);
      context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
    }
    for (Mount mount : mounts) {
      ServletHolder holder = new ServletHolder(mount.servlet());
      holder.setAsyncSupported(true);
      mount.paths().forEach(path -> context.addServlet(holder, path));
    }
    return context;
  }

  /// Begins to listen. Throws [Unavailable] where the address cannot be had.
  public void start() {
    try {
      server.start();
      slow.watch();
    } catch (IOException e) {
      throw new Unavailable(
          "%s port %d cannot be listened on: %s"
              .formatted(address.getHostString(), address.getPort(), e.getMessage()),
          "Set SERVICE_HOST and SERVICE_PORT to a free address, or end the program that has it.",
          e);
    } catch (Exception e) {
      throw new IllegalStateException("The HTTP server did not start", e);
    }
  }

  /// The port that it listens on, also where 0 was asked for.
  public int port() {
    return connector.getLocalPort();
  }

  /// Returns when the server has ended.
  public void join() throws InterruptedException {
    server.join();
  }

  /// Ends without waiting for anybody.
  void endAtOnce() {
    server.setStopTimeout(0);
    close();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The HTTP server did not end", e);
    }
  }
}
