package dev.agenticmemory.cli;

import java.io.PrintWriter;

/// Shows how far a long command has got, on one line.
final class Bar {

  private static final int CHARS = 30;

  private final PrintWriter out;
  private final long all;

  Bar(PrintWriter out, long all) {
    this.out = out;
    this.all = all;
  }

  void show(long done) {
    int full = all == 0 ? CHARS : (int) Math.min(CHARS, CHARS * done / all);
    out.printf("\r[%s%s] %,d of %,d", "#".repeat(full), ".".repeat(CHARS - full), done, all);
    out.flush();
  }
}
