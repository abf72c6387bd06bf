package dev.agenticmemory.metrics;

import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.store.Stats;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Every meter of the program, in the format of Prometheus.
public final class Metrics {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final InstantSource clock;
  private volatile @Nullable JobMeters jobs;

  public Metrics(InstantSource clock) {
    this.clock = clock;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /// Adds what is kept, what waits, and what the jobs did.
  ///
  /// @param engine empty as long as it is not open: a look at the metrics opens nothing
  public void watch(Supplier<Optional<Engine>> engine) {
    gauge("memory.memories", "tier", "long_term", engine, e -> stats(e).longTerm());
    gauge("memory.memories", "tier", "short_term", engine, e -> stats(e).shortTerm());
    gauge("memory.users", "kind", "with_memories", engine, e -> stats(e).users());
    gauge("memory.ingests", "state", "waiting", engine, e -> e.ingests().waiting());
    gauge("memory.ingests", "state", "failed", engine, e -> e.ingests().failed());
    jobs = new JobMeters(registry, () -> engine.get().map(Engine::reports), clock);
  }

  private static Stats stats(Engine engine) {
    return engine.inspect().all();
  }

  private void gauge(
      String name,
      String tag,
      String value,
      Supplier<Optional<Engine>> engine,
      ToDoubleFunction<Engine> measure) {
    Gauge.builder(name, () -> engine.get().map(measure::applyAsDouble).orElse(Double.NaN))
        .tag(tag, value)
        .register(registry);
  }

  /// One request was answered.
  ///
  /// @param route of a few known ones; never what a client made up
  public void request(String method, String route, int status, Duration took) {
    Timer.builder("http.server.requests")
        .tag("method", method)
        .tag("route", route)
        .tag("status", String.valueOf(status))
        .register(registry)
        .record(took);
  }

  /// For meters of other parts.
  public MeterRegistry registry() {
    return registry;
  }

  /// All of them, in Prometheus's text format.
  public String scrape() {
    JobMeters watched = jobs;
    if (watched != null) {
      watched.look();
    }
    return registry.scrape();
  }
}
