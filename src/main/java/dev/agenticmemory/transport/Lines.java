package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import org.jspecify.annotations.Nullable;

/// Reads lines of bytes, of which none can fill the memory.
final class Lines {

  /// One line, without its end.
  sealed interface Line {
    record Text(String text) implements Line {}

    /// It was longer than the limit, and was passed over.
    record TooLong() implements Line {}

    record NotUtf8() implements Line {}
  }

  private final InputStream in;
  private final int bytesMax;
  private final byte[] buffer = new byte[64 * 1024];
  private int at;
  private int end;

  Lines(InputStream in, int bytesMax) {
    this.in = in;
    this.bytesMax = bytesMax;
  }

  /// The next line, also one that the end of input cuts; null after the last.
  @Nullable Line next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    boolean tooLong = false;
    boolean any = false;
    while (true) {
      if (at == end && !fill()) {
        return any ? line(line, tooLong) : null;
      }
      any = true;
      int newline = at;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      tooLong |= line.size() + newline - at > bytesMax;
      if (tooLong) {
        line.reset();
      } else {
        line.write(buffer, at, newline - at);
      }
      at = newline;
      if (at < end) {
        at++; // The newline itself.
        return line(line, tooLong);
      }
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private static Line line(ByteArrayOutputStream line, boolean tooLong) {
    if (tooLong) {
      return new Line.TooLong();
    }
    return decoded(line.toByteArray());
  }

  static Line decoded(byte[] bytes) {
    try {
      return new Line.Text(
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (CharacterCodingException _) {
      return new Line.NotUtf8();
    }
  }
}
