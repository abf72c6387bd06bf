package dev.agenticmemory.transport;

import java.io.IOException;

/// What a pump talks to.
interface Link extends AutoCloseable {

  /// Sends one line. Throws where it cannot arrive any more.
  void send(String line) throws IOException;

  /// Whether nothing comes from it any more, and the pump was told so.
  boolean isOver();

  /// Whether who is on its other side does not even welcome one who comes anew. Takes seconds where
  /// it is so.
  boolean isSilent();

  @Override
  void close();
}
