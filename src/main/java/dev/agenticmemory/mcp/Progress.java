package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.time.Duration;

/// Tells a client that asked for it, again and again until it is closed, that a call is still under
/// way. Nothing is told after that.
final class Progress implements AutoCloseable {

  /// How often it tells: a quick call never does.
  static final Duration PAUSE = Duration.ofSeconds(2);

  private final Call call;
  private final JsonNode token;
  private final Thread thread;
  private int told;
  private boolean over;

  /// For one call, whose `_meta` names a token where progress is wanted.
  Progress(Call call, Duration pause) {
    this.call = call;
    token = call.meta("progressToken");
    thread = Thread.ofVirtual().unstarted(() -> run(pause));
    if (token.isTextual() || token.isNumber()) {
      thread.start();
    }
  }

  private void run(Duration pause) {
    try {
      while (true) {
        Thread.sleep(pause);
        if (!tell()) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // The call is done.
    }
  }

  private synchronized boolean tell() {
    if (over) {
      return false;
    }
    ObjectNode params = Json.object();
    params.set("progressToken", token);
    params.put("progress", ++told).put("message", "Still working");
    call.client().accept(Messages.notification("notifications/progress", params));
    return true;
  }

  @Override
  public void close() {
    synchronized (this) {
      over = true;
    }
    thread.interrupt();
  }
}
