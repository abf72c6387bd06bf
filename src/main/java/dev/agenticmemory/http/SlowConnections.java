package dev.agenticmemory.http;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ServerConnector;

/// Closes connections whose first request does not come to the end of its headers, and those whose
/// client takes next to nothing of what it asked for. The idle timeout does not: a byte now and
/// then is enough for it.
final class SlowConnections {

  private final ServerConnector connector;
  private final Duration pause;
  private Set<EndPoint> unheard = Set.of();

  /// @param pause between two looks; a connection is closed at the second that finds it so
  SlowConnections(ServerConnector connector, Duration pause) {
    this.connector = connector;
    this.pause = pause;
  }

  /// Looks again and again until the connector ends.
  void watch() {
    var _ = connector.getScheduler().schedule(this::look, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    Set<EndPoint> still = new HashSet<>();
    for (EndPoint endPoint : connector.getConnectedEndPoints()) {
      if (isSlow(endPoint)) {
        endPoint.close();
      } else if (isUnheard(endPoint)) {
        if (unheard.contains(endPoint)) {
          endPoint.close();
        } else {
          still.add(endPoint);
        }
      }
    }
    unheard = still;
    if (connector.isRunning()) {
      watch();
    }
  }

  private static boolean isSlow(EndPoint endPoint) {
    return endPoint instanceof WatchedEndPoint watched && watched.isSlow();
  }

  private static boolean isUnheard(EndPoint endPoint) {
    Connection connection =
        endPoint.getConnection() instanceof SslConnection ssl
            ? ssl.getSslEndPoint().getConnection()
            : endPoint.getConnection();
    return connection != null && connection.getMessagesIn() == 0;
  }
}
