package dev.agenticmemory.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes who was refused, from where and how often: once a minute a line for each, and one for all
/// that are too many to name. So a flood of requests takes a few lines, whatever it is made of.
public final class RefusalLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  private static final Duration PAUSE = Duration.ofMinutes(1);

  /// How many are named in one minute.
  static final int NAMED_MAX = 20;

  private static final String OTHERS = "others";

  /// Whose requests are counted together.
  ///
  /// @param holder whose token they had; null for none that is good
  private record Origin(String address, int status, @Nullable String holder) {}

  private final AuditFiles files;
  private final InstantSource clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("audit-refusals").factory());
  private Map<Origin, Long> counts = new LinkedHashMap<>();

  public RefusalLog(AuditFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
  }

  /// Begins to write.
  public void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::write, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Counts one request.
  ///
  /// @param status 401 or 403
  /// @param holder whose token it had; null for none that is good
  public synchronized void note(String address, int status, @Nullable String holder) {
    Origin origin = new Origin(address, status, holder);
    boolean named = counts.containsKey(origin) || counts.size() < NAMED_MAX;
    counts.merge(named ? origin : new Origin(OTHERS, status, null), 1L, Long::sum);
  }

  private void write() {
    try {
      taken().forEach((origin, count) -> files.record(line(origin, count)));
    } catch (RuntimeException e) {
      LOG.error("Refused requests are not in the audit log", e); // And the next minute's may be.
    }
  }

  private synchronized Map<Origin, Long> taken() {
    Map<Origin, Long> now = counts;
    counts = new LinkedHashMap<>();
    return now;
  }

  private ObjectNode line(Origin origin, long count) {
    ObjectNode line = Json.object();
    line.put("id", UUID.randomUUID().toString()).put("time", clock.instant().toString());
    if (origin.holder() != null) {
      line.put("caller", origin.holder());
    }
    line.put("action", "refused").put("address", origin.address());
    line.put("status", origin.status()).put("count", count);
    return line;
  }

  /// Writes the rest.
  @Override
  public void close() {
    thread.shutdown();
    write();
  }
}
