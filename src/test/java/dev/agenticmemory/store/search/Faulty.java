package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.function.UnaryOperator;

/// A real server behind a line that can fail: what is sent may not arrive, and what is answered may
/// get lost.
final class Faulty implements SearchServer {

  /// What happens to one call.
  interface Line {
    /// The answer to a call; throws where the line is cut.
    ///
    /// @param number counts the calls from 1
    Answer carry(int number, Call call, Sender sender) throws IOException;
  }

  /// Sends a call to the real server.
  interface Sender {
    Answer send(Call call) throws IOException;
  }

  private final SearchServer real;
  private final Line line;
  private int calls;

  Faulty(SearchServer real, Line line) {
    this.real = real;
    this.line = line;
  }

  /// Every call up to `last` arrives, and none after, as when the process is killed there.
  static UnaryOperator<SearchServer> killedAfter(int last) {
    return real ->
        new Faulty(
            real,
            (number, call, sender) -> {
              if (number > last) {
                throw new IOException("killed");
              }
              return sender.send(call);
            });
  }

  /// Of each two calls one arrives, and its answer gets lost.
  static UnaryOperator<SearchServer> losingAnswers() {
    return real ->
        new Faulty(
            real,
            (number, call, sender) -> {
              Answer answer = sender.send(call);
              if (number % 2 == 0) {
                throw new IOException("connection reset");
              }
              return answer;
            });
  }

  /// Of each three calls two are refused with this status.
  static UnaryOperator<SearchServer> refusing(int status) {
    return real ->
        new Faulty(
            real,
            (number, call, sender) ->
                number % 3 == 0
                    ? sender.send(call)
                    : new Answer(status, MissingNode.getInstance()));
  }

  @Override
  public synchronized Answer send(Call call) throws IOException {
    return line.carry(++calls, call, real::send);
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public String credentials() {
    return real.credentials();
  }

  @Override
  public ObjectNode vectorSettings() {
    return real.vectorSettings();
  }

  @Override
  public ObjectNode vectorField(int dimensions) {
    return real.vectorField(dimensions);
  }

  @Override
  public ObjectNode nearest(Nearest nearest) {
    return real.nearest(nearest);
  }

  @Override
  public void close() {
    real.close();
  }
}
