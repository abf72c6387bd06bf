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
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A stdio process that passes its client's lines on to the server of the same data folder, and the
/// answers back. It opens no store and loads no model, so it starts at once.
///
/// Where no server runs, the pump has one started as soon as its client needs it, and answers what
/// needs none meanwhile; see [Foyer]. When the server is gone, the next line goes to the one that
/// has come since, to a new one, or to an engine of this process's own. What the old one had not
/// answered is asked again where that does no harm, and answered with an error where it might; see
/// [Repeat].
public final class Pump {

  /// How long answers may take after the client has closed its side.
  private static final Duration LAST_ANSWERS_MAX = Duration.ofSeconds(30);

  /// How long an answer may take before it is looked whether its server lives.
  private static final Duration OWED_MAX = Duration.ofSeconds(3);

  /// Most lines that a next server is told again; a client that changes what it follows more often
  /// than that hears of no updates any more once its server was killed.
  private static final int KEPT_MAX = 2_000;

  private static final String OTHER_SETTINGS =
      "A server runs on this data folder with other settings or of another version, so this"
          + " process works by itself. Give both the same settings to have them share memory.";

  private static final String NONE_STARTED =
      "No server could be started, so this process works by itself. "
          + Starter.LOG
          + " in the data folder may say why.";

  private final Origin origin;
  private final Greeting greeting;
  private final @Nullable Starter starter;
  private final Supplier<Dispatcher> own;
  private final OutputStream out;
  private final Consumer<String> log;

  /// The client's lines that are not answered yet, by their numbers.
  private final NavigableMap<Long, Numbered> open = new ConcurrentSkipListMap<>();

  /// Lines that a next server has to be told again, by their numbers.
  private final Map<Long, Numbered> kept = new ConcurrentSkipListMap<>();

  private final Object sending = new Object();
  private volatile @Nullable Link link;

  /// Answers until there is a first link.
  private @Nullable Foyer foyer;

  /// Whether a server is waited for. The client's lines wait too.
  private boolean awaiting;

  /// Whether a server has answered something since one was started: one that never does is not
  /// started again and again.
  private volatile boolean mayStart = true;

  private volatile boolean follows;
  private long last;

  /// The highest number of a line that a link has taken. What is above it, no server has seen.
  private long handed;

  /// What a pump is to a server.
  ///
  /// @param home the data folder
  /// @param version of the program
  /// @param settings the fingerprint of this process; a server with another is none for it
  /// @param caller whom it calls for
  public record Origin(Path home, String version, String settings, Caller caller) {}

  private Pump(
      Origin origin,
      @Nullable Starter starter,
      Supplier<Dispatcher> own,
      OutputStream out,
      Consumer<String> log) {
    this.origin = origin;
    this.greeting = new Greeting("", UUID.randomUUID().toString(), origin.caller());
    this.starter = starter;
    this.own = own;
    this.out = out;
    this.log = log;
  }

  /// A pump to the server of a data folder; empty where there is none that this process may use,
  /// and none can be started.
  ///
  /// @param starter starts a server where none runs; null where that is not wanted
  /// @param own makes an engine of this process's own, should there be no server any more
  /// @param log told why this process works by itself
  public static Optional<Pump> to(
      Origin origin,
      @Nullable Starter starter,
      Supplier<Dispatcher> own,
      OutputStream out,
      Consumer<String> log) {
    if (isOther(origin)) {
      log.accept(OTHER_SETTINGS);
      return Optional.empty();
    }
    Pump pump = new Pump(origin, starter, own, out, log);
    pump.link = pump.toServer();
    if (pump.link == null && starter != null) {
      pump.foyer = pump.newFoyer();
    }
    return pump.link == null && starter == null ? Optional.empty() : Optional.of(pump);
  }

  /// Whether a server runs there that this process may not use.
  private static boolean isOther(Origin origin) {
    return Endpoint.read(origin.home())
        .filter(endpoint -> !endpoint.settings().equals(origin.settings()))
        .filter(Endpoint::answers)
        .isPresent();
  }

  private Foyer newFoyer() {
    return new Foyer(origin.version(), greeting, this::received, this::ready);
  }

  /// Null where none runs that this process may use.
  private @Nullable Link toServer() {
    return Endpoint.read(origin.home())
        .filter(endpoint -> endpoint.settings().equals(origin.settings()))
        .map(this::toServer)
        .orElse(null);
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
    Thread.ofPlatform().daemon().name("watch-server").start(this::watch);
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
      if (foyer != null) {
        if (!foyer.answers(line)) {
          ready();
        }
      } else if (link != null) {
        send(line, link);
      } else if (!awaiting) {
        relink();
      }
    }
  }

  private void send(Numbered line, Link to) {
    try {
      hand(line, to);
    } catch (IOException _) {
      // What the server still wrote is read first, and then the link is made anew.
      if (to.isOver()) {
        relink();
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
      keep(asked, answer);
      mayStart = true;
    }
    boolean wanted = asked != null || answer.number() == 0;
    if (wanted && answer.kind() != Numbered.Kind.DROP && !answer.text().isEmpty()) {
      write(answer.text());
    }
    if (open.isEmpty()) {
      synchronized (open) {
        open.notifyAll();
      }
    }
  }

  /// Under the kind of the answer, by which the next server knows that it is told again.
  private void keep(Numbered asked, Numbered answer) {
    boolean follow = answer.kind() == Numbered.Kind.FOLLOW;
    if (answer.kind() == Numbered.Kind.KEEP || (follow && kept.size() < KEPT_MAX)) {
      kept.put(asked.number(), new Numbered(asked.number(), answer.kind(), asked.text()));
      follows |= follow;
    } else if (answer.kind() == Numbered.Kind.DROP) {
      kept.remove(Long.parseLong(answer.text()));
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

  /// Leaves a server that owes an answer and whose process is stopped: it keeps its connections,
  /// and says nothing. One that is slow still welcomes who comes. Whoever sends may be held up by
  /// that server, so nothing is locked here.
  private void watch() {
    try {
      while (true) {
        Link to = link;
        Map.Entry<Long, Numbered> owed = open.firstEntry();
        Thread.sleep(OWED_MAX);
        boolean waits = owed != null && open.containsKey(owed.getKey());
        if (to != null && to.equals(link) && waits && to.isSilent() && to.isSilent()) {
          log.accept("The server of this data folder does not answer any more, and is left.");
          to.close();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void relink() {
    if (awaiting) {
      return; // What is open is told to what comes of that.
    }
    Link server = toServer();
    if (server != null) {
      resume(server);
    } else if (mayStart && starter != null) {
      ready();
    } else {
      resume(new OwnLink(own.get(), greeting, this::received));
    }
  }

  /// The client needs a server.
  private void ready() {
    synchronized (sending) {
      Starter starting = Objects.requireNonNull(starter);
      if (!awaiting) {
        awaiting = true;
        link = null;
        Thread.ofPlatform().daemon().name("await-server").start(() -> await(starting));
      }
    }
  }

  private void await(Starter starting) {
    Link server = null;
    try {
      server = starting.await(this::toServer);
    } catch (RuntimeException e) {
      log.accept("No server could be started because of a fault: " + e);
    } finally {
      awaited(server);
    }
  }

  private void awaited(@Nullable Link server) {
    synchronized (sending) {
      awaiting = false;
      if (foyer != null) {
        foyer.close();
        foyer = null;
      }
      if (server != null && !server.isOver()) {
        mayStart = false;
        resume(server);
      } else {
        log.accept(isOther(origin) ? OTHER_SETTINGS : NONE_STARTED);
        resume(new OwnLink(own.get(), greeting, this::received));
      }
    }
  }

  /// Brings a new link to where the old one was.
  private void resume(Link to) {
    link = to;
    try {
      tellAgain(to);
    } catch (IOException _) {
      // Gone again already; its reader says so next.
    }
  }

  private void tellAgain(Link to) throws IOException {
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
