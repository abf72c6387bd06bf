package dev.agenticmemory.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Where and how the program is on the network.
///
/// @param address `SERVICE_HOST` (default `127.0.0.1`) and `SERVICE_PORT` (default 8230)
public record Service(InetSocketAddress address) {

  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8230;
  private static final int PORT_MAX = 65_535;

  static Service read(Config.Reader in) {
    InetAddress host = in.read("SERVICE_HOST", InetAddress.getLoopbackAddress(), Service::host);
    int port = in.number("SERVICE_PORT", PORT, 0, PORT_MAX);
    return new Service(new InetSocketAddress(host, port));
  }

  private static InetAddress host(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException _) {
      throw new IllegalArgumentException(
          "is \"%s\", which is no address of a machine; %s is this machine alone, 0.0.0.0 all of its addresses"
              .formatted(text, HOST));
    }
  }
}
