package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.json.Json;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells clients that follow resources that they may have changed: after each write of this process
/// at once, after one of another process within [#POLL_MS].
final class Updates implements AutoCloseable {

  private static final int POLL_MS = 1_000;

  static final String SUBSCRIPTION_ID = "io.modelcontextprotocol/subscriptionId";

  private final Supplier<Engine> engine;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService thread;
  private long revision = -1;

  Updates(Supplier<Engine> engine) {
    this.engine = engine;
  }

  /// Starts to tell this session; it is told as long as it follows something.
  synchronized void follow(Session session) {
    sessions.add(session);
    if (thread == null) {
      revision = engine.get().inspect().revision();
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
    ScheduledExecutorService running;
    synchronized (this) {
      running = thread;
    }
    if (running != null && !running.isShutdown()) {
      running.execute(this::look);
    }
  }

  /// Runs on the one thread, so that each change is told once.
  private void look() {
    try {
      long now = engine.get().inspect().revision();
      if (now != revision) {
        revision = now;
        sessions.stream().filter(Session::follows).forEach(Updates::tell);
      }
    } catch (Unavailable _) {
      // The next look tells what this one missed.
    }
  }

  private static void tell(Session session) {
    session.subscriptions().forEach(uri -> session.send(updated(Json.object().put("uri", uri))));
    session
        .listeners()
        .forEach((id, uris) -> uris.forEach(uri -> session.send(updated(params(id, uri)))));
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
