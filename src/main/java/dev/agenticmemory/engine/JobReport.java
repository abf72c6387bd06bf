package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What one run of a job did. It holds no text of any memory.
///
/// @param dryRun whether it only looked
/// @param counts how many things met which fate; a fate that none met is left out
/// @param usage what the language model cost
/// @param notes what is no failure and may explain why nothing was done, each once
/// @param troubles what failed and why, each once
public record JobReport(
    Job job,
    Instant started,
    Instant ended,
    boolean dryRun,
    Map<Fate, Long> counts,
    Usage usage,
    List<String> notes,
    List<String> troubles) {

  public JobReport {
    Map<Fate, Long> ordered = new EnumMap<>(Fate.class);
    ordered.putAll(counts);
    counts = Collections.unmodifiableMap(ordered);
    notes = List.copyOf(notes);
    troubles = List.copyOf(troubles);
  }

  public long count(Fate fate) {
    return counts.getOrDefault(fate, 0L);
  }

  /// Whether all of it was done.
  public boolean isClean() {
    return troubles.isEmpty();
  }

  /// This run and the one right after it as one: what the first one waited for, the second has
  /// seen.
  public JobReport and(JobReport next) {
    Map<Fate, Long> both = new EnumMap<>(Fate.class);
    both.putAll(next.counts);
    for (Fate fate : List.of(Fate.ADDED, Fate.UPDATED, Fate.KNOWN, Fate.FORGOTTEN)) {
      if (count(fate) + next.count(fate) > 0) {
        both.put(fate, count(fate) + next.count(fate));
      }
    }
    return new JobReport(
        job, started, next.ended, dryRun, both, usage.plus(next.usage), next.notes, next.troubles);
  }

  /// As it is kept and shown.
  public ObjectNode json() {
    ObjectNode node = Json.object();
    node.put("job", job.word());
    node.put("started", started.toString());
    node.put("ended", ended.toString());
    if (dryRun) {
      node.put("dry_run", true);
    }
    ObjectNode all = node.putObject("counts");
    counts.forEach((fate, count) -> all.put(fate.word(), count));
    node.putObject("token_usage")
        .put("llm_calls", usage.calls())
        .put("input_tokens", usage.input())
        .put("output_tokens", usage.output())
        .put("total_tokens", usage.total());
    if (!notes.isEmpty()) {
      notes.forEach(node.putArray("notes")::add);
    }
    troubles.forEach(node.putArray("failed")::add);
    return node;
  }

  static JobReport of(JsonNode node) {
    Map<Fate, Long> counts = new EnumMap<>(Fate.class);
    node.path("counts")
        .properties()
        .forEach(c ->
            counts.put(Fate.valueOf(c.getKey().toUpperCase(Locale.ROOT)), c.getValue().asLong()));
    JsonNode usage = node.path("token_usage");
    return new JobReport(
        Job.valueOf(node.path("job").asText().toUpperCase(Locale.ROOT)),
        Instant.parse(node.path("started").asText()),
        Instant.parse(node.path("ended").asText()),
        node.path("dry_run").asBoolean(),
        counts,
        new Usage(
            usage.path("llm_calls").asLong(),
            usage.path("input_tokens").asLong(),
            usage.path("output_tokens").asLong()),
        texts(node.path("notes")),
        texts(node.path("failed")));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
