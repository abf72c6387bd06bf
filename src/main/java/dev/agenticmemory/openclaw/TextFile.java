package dev.agenticmemory.openclaw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// A text file that others may be writing at this moment.
///
/// @param text as UTF-8, lines ended by `\n`; what is not UTF-8, such as the first bytes of a
///   character that is half written, is the replacement character
/// @param changed when it was changed last, as of before it was read
record TextFile(String text, Instant changed) {

  /// Largest file that is read, in bytes: a year of diaries in one.
  static final long BYTES_MAX = 32L << 20;

  static TextFile read(Path file) throws IOException {
    Instant changed = Files.getLastModifiedTime(file).toInstant();
    long size = Files.size(file);
    if (size > BYTES_MAX) {
      throw new IOException(
          "%s has %,d bytes, at most %,d are read".formatted(file, size, BYTES_MAX));
    }
    String text = new String(Files.readAllBytes(file), UTF_8);
    return new TextFile(
        text.replace("\r\n", "\n").replace('\r', '\n').replace("\0", "").replace("\uFEFF", ""),
        changed);
  }
}
