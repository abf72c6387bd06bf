package dev.agenticmemory.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

/// What connections may cost.
///
/// @param perAddressMax how many one address may have open at once; 0 for no limit
/// @param exempt addresses that may have any number
/// @param look how often slow ones are looked for: headers may take from one to two of these, and
///   who takes next to nothing of an answer for so long is cut off
public record Connections(int perAddressMax, Predicate<InetAddress> exempt, Duration look) {

  private static final Duration LOOK = Duration.ofSeconds(15);

  /// No limit for this machine: what comes from it may be a proxy, which is many clients.
  public Connections(int perAddressMax) {
    this(perAddressMax, InetAddress::isLoopbackAddress, LOOK);
  }
}
