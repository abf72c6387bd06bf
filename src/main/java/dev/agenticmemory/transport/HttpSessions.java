package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.engine.Access;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Session;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The sessions of the older era that clients have open over HTTP, by ids that nobody can guess. A
/// session that is idle for long expires. Where there are too many, one of the caller who has most
/// does: one that was never used, or else the one idle longest.
final class HttpSessions implements AutoCloseable {

  /// Most sessions at once.
  static final int SESSIONS_MAX = 2_000;

  /// Most sessions of one token at once: a quarter, so that one alone drives nobody out. Where no
  /// token is asked for, one caller is many clients.
  static final int SESSIONS_OF_ONE_MAX = SESSIONS_MAX / 4;

  /// How long a session lives without a request and without an open stream.
  static final Duration IDLE_MAX = Duration.ofMinutes(30);

  private static final int ID_BYTES = 24;

  /// First those whose client never used them; last those on which somebody listens.
  private static final Comparator<Entry> LEAST_MISSED =
      Comparator.<Entry, Boolean>comparing(entry -> entry.stream.get() != null)
          .thenComparing(entry -> entry.cameBack)
          .thenComparing(entry -> entry.lastUsed);

  /// One client's session.
  static final class Entry {
    private final String id;
    private final Session session;
    private final AtomicReference<@Nullable EventStream> stream = new AtomicReference<>();
    private volatile Instant lastUsed;
    private volatile boolean cameBack;

    private Entry(String id, Caller caller, Instant now) {
      this.id = id;
      this.session = new Session(caller, this::send);
      this.lastUsed = now;
    }

    private Entry(String id, Session session, EventStream open, Instant now) {
      this.id = id;
      this.session = session;
      this.lastUsed = now;
      this.cameBack = true;
      stream.set(open);
    }

    String id() {
      return id;
    }

    Session session() {
      return session;
    }

    Caller caller() {
      return session.caller();
    }

    /// Has messages that belong to no request sent by `opened`. False where another stream does.
    boolean listen(EventStream opened) {
      return stream.compareAndSet(null, opened);
    }

    void left(EventStream closed) {
      var _ = stream.compareAndSet(closed, null);
    }

    /// What nobody listens for is lost, which the protocol allows: it only tells of changes.
    private void send(JsonNode message) {
      EventStream open = stream.get();
      if (open != null) {
        open.send(message);
      }
    }

    private boolean expired(Instant now) {
      return stream.get() == null && lastUsed.plus(IDLE_MAX).isBefore(now);
    }

    private void end() {
      EventStream open = stream.get();
      if (open != null) {
        open.end();
      }
    }
  }

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final Clock clock;
  private final Consumer<Session> ended;
  private volatile boolean closed;

  /// @param ended told of each session that is over
  HttpSessions(Clock clock, Consumer<Session> ended) {
    this.clock = clock;
    this.ended = ended;
  }

  Entry open(Caller caller) {
    return added(new Entry(newId(), caller, clock.instant()));
  }

  /// A session that lives as long as its stream; nobody finds it by its id.
  Entry adopt(Session session, EventStream stream) {
    return added(new Entry(newId(), session, stream, clock.instant()));
  }

  private Entry added(Entry entry) {
    put(entry, clock.instant());
    if (closed) {
      close(entry);
    }
    return entry;
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// The session of this id, if it is the caller's and has not expired.
  Optional<Entry> find(String id, Caller caller) {
    Instant now = clock.instant();
    Entry entry = entries.get(id);
    if (entry == null || !entry.caller().equals(caller)) {
      return Optional.empty();
    }
    if (entry.expired(now)) {
      close(entry);
      return Optional.empty();
    }
    entry.lastUsed = now;
    entry.cameBack = true;
    return Optional.of(entry);
  }

  void close(Entry entry) {
    if (entries.remove(entry.id(), entry)) {
      ended.accept(entry.session());
      entry.end();
    }
  }

  /// Ends them all. Those that open from now on end at once.
  @Override
  public void close() {
    closed = true;
    entries.values().forEach(this::close);
  }

  private synchronized void put(Entry entry, Instant now) {
    entries.values().stream().filter(other -> other.expired(now)).forEach(this::close);
    boolean many = entry.caller().access().holder().equals(Access.ANYBODY);
    while (!many && of(entry.caller()).size() >= SESSIONS_OF_ONE_MAX) {
      closeLeastMissed(of(entry.caller()));
    }
    while (entries.size() >= SESSIONS_MAX) {
      closeLeastMissed(ofWhoHasMost());
    }
    entries.put(entry.id(), entry);
  }

  private List<Entry> of(Caller caller) {
    return entries.values().stream().filter(entry -> entry.caller().equals(caller)).toList();
  }

  private List<Entry> ofWhoHasMost() {
    return entries.values().stream().collect(Collectors.groupingBy(Entry::caller)).values().stream()
        .max(Comparator.comparingInt(List::size))
        .orElse(List.of());
  }

  private void closeLeastMissed(List<Entry> some) {
    some.stream().min(LEAST_MISSED).ifPresent(this::close);
  }
}
