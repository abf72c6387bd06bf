package dev.agenticmemory.metrics;

import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.JobReport;
import dev.agenticmemory.engine.Reports;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the jobs did, as their reports in the store say: so runs of other processes on the same
/// store count too. Runs are counted that ended since this process began to count.
final class JobMeters {

  private static final Logger LOG = LoggerFactory.getLogger(JobMeters.class);

  private final MeterRegistry registry;
  private final Supplier<Optional<Reports>> reports;
  private final Instant since;
  private final Map<Job, List<JobReport>> known = new EnumMap<>(Job.class);

  /// @param reports empty as long as the store is not open
  JobMeters(MeterRegistry registry, Supplier<Optional<Reports>> reports, InstantSource clock) {
    this.registry = registry;
    this.reports = reports;
    this.since = clock.instant();
    for (Job job : Job.values()) {
      known.put(job, List.of());
      gauge("memory.job.last.success", job, JobMeters::lastSuccess);
      gauge("memory.job.last.duration", job, JobMeters::lastDuration);
    }
  }

  private void gauge(String name, Job job, ToDoubleFunction<List<JobReport>> measure) {
    Gauge.builder(name, () -> measure.applyAsDouble(known(job)))
        .baseUnit("seconds")
        .tag("job", job.word())
        .register(registry);
  }

  private synchronized List<JobReport> known(Job job) {
    return known.getOrDefault(job, List.of());
  }

  /// In seconds since 1970.
  private static double lastSuccess(List<JobReport> lasts) {
    return lasts.stream()
        .filter(JobReport::isClean)
        .mapToDouble(report -> report.ended().toEpochMilli() / 1_000.0)
        .max()
        .orElse(Double.NaN);
  }

  private static double lastDuration(List<JobReport> lasts) {
    return lasts.isEmpty() ? Double.NaN : took(lasts.getFirst()).toMillis() / 1_000.0;
  }

  private static Duration took(JobReport report) {
    return Duration.between(report.started(), report.ended());
  }

  /// Reads what is new. Where the store does not answer, all stays as it was.
  synchronized void look() {
    try {
      reports
          .get()
          .ifPresent(all -> {
            for (Job job : Job.values()) {
              read(job, all.last(job, Reports.KEPT));
            }
          });
    } catch (RuntimeException e) {
      // One that a later version wrote may be of another form; the other metrics stand.
      LOG.warn("The reports of jobs cannot be read for the metrics: {}", e.getMessage());
    }
  }

  private void read(Job job, List<JobReport> lasts) {
    Set<Instant> counted = known(job).stream().map(JobReport::started).collect(Collectors.toSet());
    lasts.stream()
        .filter(report -> report.ended().isAfter(since) && !counted.contains(report.started()))
        .forEach(this::count);
    known.put(job, lasts);
  }

  private void count(JobReport report) {
    String job = report.job().word();
    Timer.builder("memory.job.runs")
        .tag("job", job)
        .tag("outcome", report.isClean() ? "done" : "incomplete")
        .register(registry)
        .record(took(report));
    report
        .counts()
        .forEach((fate, count) ->
            registry
                .counter("memory.job.items", "job", job, "fate", fate.word())
                .increment(count.doubleValue()));
  }
}
