package dev.agenticmemory.remote;

import java.io.IOException;

/// An answer that is longer than any good one, and was not read to its end.
public final class TooLong extends IOException {

  public TooLong(long bytesMax) {
    super("The answer has more than %,d bytes".formatted(bytesMax));
  }
}
