package dev.agenticmemory.http;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A request whose body ends: by length, by time, and where the bodies of all requests together
/// take too much. A client that sends a byte now and then would otherwise hold a thread for as long
/// as it likes. Its room is free once it is closed.
final class LimitedBody extends HttpServletRequestWrapper implements AutoCloseable {

  /// How long a whole body may take.
  private static final Duration TIME_MAX = Duration.ofSeconds(30);

  /// The body went past a limit.
  static final class Exceeded extends IOException {
    private final transient Problem problem;

    Exceeded(Problem problem) {
      super(problem.getMessage());
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }

  private final int bytesMax;
  private final BodyRoom.Share share;
  private @Nullable ServletInputStream in;

  LimitedBody(HttpServletRequest request, int bytesMax, BodyRoom room) {
    super(request);
    this.bytesMax = bytesMax;
    this.share = room.new Share();
  }

  static Exceeded tooLarge(int bytesMax) {
    return new Exceeded(
        new Problem(
            Problem.TOO_LARGE,
            "The body has more than %,d bytes. Send less at once.".formatted(bytesMax)));
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (in == null) {
      in = new Counted(super.getInputStream(), bytesMax, share);
    }
    return in;
  }

  @Override
  public void close() {
    share.close();
  }

  private static final class Counted extends ServletInputStream {

    private static final int REQUEST_TIMEOUT = 408;

    private final ServletInputStream in;
    private final int bytesMax;
    private final BodyRoom.Share share;
    private final long began = System.nanoTime();
    private int count;

    Counted(ServletInputStream in, int bytesMax, BodyRoom.Share share) {
      this.in = in;
      this.bytesMax = bytesMax;
      this.share = share;
    }

    @Override
    public int read() throws IOException {
      int one = in.read();
      counted(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int some = in.read(bytes, offset, length);
      counted(Math.max(0, some));
      return some;
    }

    private void counted(int more) throws Exceeded {
      count += more;
      if (count > bytesMax) {
        throw tooLarge(bytesMax);
      }
      share.grow(count);
      if (System.nanoTime() - began > TIME_MAX.toNanos()) {
        throw new Exceeded(
            new Problem(
                REQUEST_TIMEOUT,
                "The body took longer than %d s. Send it at once."
                    .formatted(TIME_MAX.toSeconds())));
      }
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
