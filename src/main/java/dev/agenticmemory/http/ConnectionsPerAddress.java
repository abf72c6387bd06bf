package dev.agenticmemory.http;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.IO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes the connections that one address opens beyond its share, so that one machine alone cannot
/// take all that there are. Of IPv6 the first half counts: the other is the client's to choose.
final class ConnectionsPerAddress implements SelectorManager.AcceptListener {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionsPerAddress.class);

  private static final int NETWORK_BYTES = 8;

  private final int max;
  private final Predicate<InetAddress> exempt;
  private final Map<SelectableChannel, InetAddress> open = new HashMap<>();
  private final Map<InetAddress, Integer> counts = new HashMap<>();

  /// @param max of one address; 0 for no limit
  /// @param exempt addresses without a limit
  ConnectionsPerAddress(int max, Predicate<InetAddress> exempt) {
    this.max = max;
    this.exempt = exempt;
  }

  @Override
  public void onAccepting(SelectableChannel channel) {
    address(channel)
        .filter(from -> max > 0 && !exempt.test(from))
        .map(ConnectionsPerAddress::network)
        .filter(from -> !take(channel, from))
        .ifPresent(from -> {
          LOG.debug("{} has {} connections, and gets no more", from, max);
          IO.close(channel);
        });
  }

  private static Optional<InetAddress> address(SelectableChannel channel) {
    try {
      return channel instanceof SocketChannel socket
              && socket.getRemoteAddress() instanceof InetSocketAddress remote
          ? Optional.of(remote.getAddress())
          : Optional.empty();
    } catch (IOException e) {
      LOG.debug("A client has left before it was taken", e);
      return Optional.empty();
    }
  }

  /// What counts as one client.
  static InetAddress network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = Arrays.copyOf(address.getAddress(), NETWORK_BYTES);
    try {
      return InetAddress.getByAddress(Arrays.copyOf(bytes, address.getAddress().length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("An address is as long as another", e);
    }
  }

  private synchronized boolean take(SelectableChannel channel, InetAddress from) {
    int count = counts.getOrDefault(from, 0);
    if (count >= max) {
      return false;
    }
    counts.put(from, count + 1);
    open.put(channel, from);
    return true;
  }

  @Override
  public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
    release(channel);
  }

  @Override
  public void onClosed(SelectableChannel channel) {
    release(channel);
  }

  private synchronized void release(SelectableChannel channel) {
    InetAddress from = open.remove(channel);
    if (from != null) {
      counts.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
