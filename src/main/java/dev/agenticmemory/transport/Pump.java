package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stdio process that passes its client's lines on to the server of the same data folder, and the
/// answers back. It opens no store, loads no model and reads no JSON, so it starts at once.
///
/// When the server is gone, the next line goes to the one that has come since, or to an engine of
/// this process's own. What the old one had not answered is asked again where that does no harm,
/// and answered with an error where it might; see [Repeat].
public final class Pump {

  /// How long answers may take after the client has closed its side.
  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(30);

  /// Most lines that a next server is told again; a client that changes what it follows more often
  /// than that hears of no updates any more once its server was killed.
  private static final int KEPT_MAX = 2_000;

  private final Path home;
  private final String settings;
  private final Greeting greeting;
  private final Supplier<Dispatcher> own;
  private final OutputStream out;

  /// The client's lines that are not answered yet, by their numbers.
  private final Map<Long, Numbered> open = new ConcurrentSkipListMap<>();

  /// Lines that a next server has to be told again, by their numbers.
  private final Map<Long, Numbered> kept = new ConcurrentSkipListMap<>();

  private final Object sending = new Object();
  private @Nullable Link link;
  private volatile boolean follows;
  private long last;

  /// The highest number of a line that a link has taken. What is above it, no server has seen.
  private long handed;

  private Pump(
      Path home, String settings, Caller caller, Supplier<Dispatcher> own, OutputStream out) {
    this.home = home;
    this.settings = settings;
    this.greeting = new Greeting("", UUID.randomUUID().toString(), caller);
    this.own = own;
    this.out = out;
  }

  /// A pump to the server of a data folder; empty where there is none that this process may use.
  ///
  /// @param settings the fingerprint of this process; a server with another is none for it
  /// @param own makes an engine of this process's own, should the server be gone
  /// @param log told why a server that is there is not used
  public static Optional<Pump> to(
      Path home,
      String settings,
      Caller caller,
      Supplier<Dispatcher> own,
      OutputStream out,
      Consumer<String> log) {
    Optional<Endpoint> endpoint = Endpoint.read(home);
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    if (!endpoint.get().settings().equals(settings)) {
      log.accept(
          "A server runs on this data folder with other settings or of another version, so this"
              + " process works by itself. Give both the same settings to have them share memory.");
      return Optional.empty();
    }
    Pump pump = new Pump(home, settings, caller, own, out);
    pump.link = pump.toServer(endpoint.get());
    return pump.link == null ? Optional.empty() : Optional.of(pump);
  }

  private @Nullable Link toServer(Endpoint endpoint) {
    try {
      return SocketLink.open(
          endpoint.socket(),
          new Greeting(endpoint.secret(), greeting.pump(), greeting.caller()),
          this::received,
          this::broken);
    } catch (IOException _) {
      return null; // It was killed, or is just ending.
    }
  }

  /// Serves the client until its input ends.
  public void serve(InputStream in) throws IOException {
    Lines lines = new Lines(in, Conversation.LINE_BYTES_MAX);
    for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
      send(line);
    }
    finish();
  }

  /// No `switch`: the first one over patterns in a process costs as much as the rest of its start.
  private void send(Lines.Line line) {
    last++;
    if (line instanceof Lines.Line.Text text) {
      send(new Numbered(last, Numbered.Kind.PLAIN, text.text()));
    } else if (line instanceof Lines.Line.TooLong) {
      send(new Numbered(last, Numbered.Kind.TOO_LONG, ""));
    } else {
      send(new Numbered(last, Numbered.Kind.NOT_UTF8, ""));
    }
  }

  private void send(Numbered line) {
    synchronized (sending) {
      open.put(line.number(), line);
      if (link == null) {
        relink();
        return;
      }
      try {
        hand(line, link);
      } catch (IOException _) {
        // What the server still wrote is read first, and then the link is made anew.
        if (link.isOver()) {
          relink();
        }
      }
    }
  }

  private void hand(Numbered line, Link to) throws IOException {
    to.send(line.line());
    handed = Math.max(handed, line.number());
  }

  /// A line of the server has come.
  private void received(String line) {
    Numbered answer = Numbered.parse(line);
    if (answer == null) {
      return;
    }
    Numbered asked = open.remove(answer.number());
    if (asked != null) {
      keep(asked, answer.kind());
    }
    boolean wanted = asked != null || answer.number() == 0;
    if (wanted && !answer.text().isEmpty()) {
      write(answer.text());
    }
    if (open.isEmpty()) {
      synchronized (open) {
        open.notifyAll();
      }
    }
  }

  private void keep(Numbered asked, Numbered.Kind kind) {
    boolean follow = kind == Numbered.Kind.FOLLOW;
    if (kind == Numbered.Kind.KEEP || (follow && kept.size() < KEPT_MAX)) {
      kept.put(asked.number(), asked);
      follows |= follow;
    }
  }

  private synchronized void write(String line) {
    try {
      out.write((line + "\n").getBytes(UTF_8));
      out.flush();
    } catch (IOException _) {
      // The client is gone. Its input ends next, and with it the process.
    }
  }

  /// The server is gone. Nothing is done about it before something is to be said or heard.
  private void broken(Link which) {
    synchronized (sending) {
      if (which.equals(link)) {
        link = null;
        if (!open.isEmpty() || follows) {
          relink();
        }
      }
    }
  }

  private void relink() {
    Link server =
        Endpoint.read(home)
            .filter(endpoint -> endpoint.settings().equals(settings))
            .map(this::toServer)
            .orElse(null);
    try {
      link = server == null ? new OwnLink(own.get(), greeting, this::received) : server;
      resume(link);
    } catch (IOException _) {
      // Gone again already; its reader says so next.
    }
  }

  /// Brings a new link to where the old one was.
  private void resume(Link to) throws IOException {
    long handedBefore = handed;
    for (Numbered line : kept.values()) {
      to.send(line.line());
    }
    for (Numbered line : List.copyOf(open.values())) {
      Optional<String> refusal =
          line.number() <= handedBefore ? Repeat.refusal(line.text()) : Optional.empty();
      if (refusal.isPresent()) {
        received(new Numbered(line.number(), Numbered.Kind.PLAIN, refusal.get()).line());
      } else {
        hand(line, to);
      }
    }
  }

  private void finish() {
    long until = System.nanoTime() + LAST_ANSWERS_MAX.toNanos();
    synchronized (open) {
      try {
        while (!open.isEmpty() && System.nanoTime() < until) {
          open.wait(LAST_ANSWERS_MAX.toMillis());
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    synchronized (sending) {
      if (link != null) {
        link.close();
      }
    }
  }
}
