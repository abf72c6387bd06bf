package dev.agenticmemory.engine;

import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the last runs of each job did, for who asks.
public final class Reports {

  /// How many reports of each job are kept.
  public static final int KEPT = 100;

  private static final String KIND = "report-";

  /// Keys count down, since marks are listed by ascending keys.
  private static final long LATEST = 9_999_999_999_999L;

  private final MemoryStore store;

  Reports(MemoryStore store) {
    this.store = store;
  }

  /// Keeps a report, in place of the oldest where there are many.
  void keep(JobReport report) {
    String kind = kind(report.job());
    String key = "%013d".formatted(LATEST - report.started().toEpochMilli());
    List<Change> changes = new ArrayList<>();
    changes.add(
        new Change.PutMark(
            new Mark(new Mark.Name(kind, null, key), Json.print(report.json()), report.ended())));
    store.marks(kind, null, 2 * KEPT).stream()
        .skip(KEPT - 1L)
        .map(Mark::name)
        .filter(name -> !name.key().equals(key))
        .map(Change.RemoveMark::new)
        .forEach(changes::add);
    var _ = store.apply(changes);
  }

  /// The last reports of a job, newest first.
  public List<JobReport> last(Job job, int limit) {
    return store.marks(kind(job), null, limit).stream()
        .map(mark -> JobReport.of(Json.parseOwn(mark.value())))
        .toList();
  }

  /// When a job is due next; empty where nothing runs it at its times.
  public Optional<Instant> due(Job job) {
    return store.tasks(job.task(), 1).stream().map(Task::due).findFirst();
  }

  private static String kind(Job job) {
    return KIND + job.word();
  }
}
