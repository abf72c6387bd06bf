package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Inspect;
import dev.agenticmemory.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells clients that follow resources that they may have changed: after each write of this process
/// at once, after one of another process within [#POLL_MS]. A write to one user's memories is not
/// told to those who follow another's.
final class Updates implements AutoCloseable {

  private static final int POLL_MS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(Updates.class);

  static final String SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";

  private final Supplier<Engine> engine;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  /// The revisions that were last told, by the users whose they are; no user stands for all.
  private final Map<Set<UserId>, List<Long>> told = new HashMap<>();

  private volatile @Nullable ScheduledExecutorService thread;

  Updates(Supplier<Engine> engine) {
    this.engine = engine;
  }

  /// Starts to tell this session; it is told as long as it follows something.
  ///
  /// @param begin has it follow more; no session is told of anything meanwhile
  synchronized void follow(Session session, Runnable begin) {
    Inspect inspect = engine.get().inspect();
    begin.run();
    session
        .followed()
        .forEach(uri ->
            told.computeIfAbsent(whose(session.caller(), uri), users -> revisions(inspect, users)));
    sessions.add(session);
    if (thread == null) {
      engine.get().writer().onWrite(this::written);
      thread =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().daemon().name("resource-updates").factory());
      var _ = thread.scheduleWithFixedDelay(this::look, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
    }
  }

  void forget(Session session) {
    sessions.remove(session);
  }

  private void written() {
    ScheduledExecutorService running = thread;
    if (running != null && !running.isShutdown()) {
      running.execute(this::look);
    }
  }

  /// Runs on the one thread, so that each change is told once.
  private synchronized void look() {
    try {
      Set<Set<UserId>> changed = changed();
      if (!changed.isEmpty()) {
        sessions.forEach(session -> tell(session, changed));
      }
    } catch (Unavailable _) {
      // The next look tells what this one missed.
    } catch (RuntimeException e) {
      LOG.warn("A look for changes failed", e); // Thrown on, it would be the last look.
    }
  }

  /// Whose memories were written to since the last look, of those whom somebody follows.
  private Set<Set<UserId>> changed() {
    Inspect inspect = engine.get().inspect();
    Set<Set<UserId>> followed = new HashSet<>();
    for (Session session : sessions) {
      session.followed().forEach(uri -> followed.add(whose(session.caller(), uri)));
    }
    told.keySet().retainAll(followed);
    Set<Set<UserId>> changed = new HashSet<>();
    for (Set<UserId> users : followed) {
      List<Long> now = revisions(inspect, users);
      if (!now.equals(told.put(users, now))) {
        changed.add(users);
      }
    }
    return changed;
  }

  private static List<Long> revisions(Inspect inspect, Set<UserId> users) {
    return users.isEmpty()
        ? List.of(inspect.revision(null))
        : users.stream().map(inspect::revision).toList();
  }

  /// Whose writes may change a resource; nobody stands for anybody.
  private static Set<UserId> whose(Caller caller, String uri) {
    return Address.parse(uri)
        .map(address ->
            switch (address) {
              case Address.LongTerm(UserId user) -> Set.of(user);
              case Address.Runs(UserId user) -> Set.of(user);
              case Address.Run(UserId user, var _) -> Set.of(user);
              case Address.Stats _,
                  Address.Jobs _,
                  Address.OneJob _,
                  Address.One _,
                  Address.History _ ->
                  caller.access().users();
            })
        .orElse(Set.of());
  }

  private static void tell(Session session, Set<Set<UserId>> changed) {
    Predicate<String> hit = uri -> changed.contains(whose(session.caller(), uri));
    session.subscriptions().stream()
        .filter(hit)
        .forEach(uri -> session.send(updated(Json.object().put("uri", uri))));
    session
        .listeners()
        .forEach((id, uris) ->
            uris.stream().filter(hit).forEach(uri -> session.send(updated(params(id, uri)))));
  }

  private static ObjectNode params(JsonNode id, String uri) {
    ObjectNode params = Json.object();
    params.putObject("_meta").set(SUBSCRIPTION_ID, id);
    return params.put("uri", uri);
  }

  private static ObjectNode updated(ObjectNode params) {
    return Messages.notification("notifications/resources/updated", params);
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdown();
    }
  }
}
