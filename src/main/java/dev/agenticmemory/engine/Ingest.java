package dev.agenticmemory.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Turns.Turn;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What was handed over to be remembered and waits for a language model, as its task keeps it. The
/// memory of the same id holds its text meanwhile.
///
/// @param memory the pending memory
/// @param turns what was said
/// @param recalled what a recall had put into it, and was taken out
/// @param category as the caller set it; null where it did not
/// @param received when it came
/// @param observed when it was said; null for `received`
/// @param prompt the caller's own extraction prompt; null for ours
/// @param actor who handed it over
/// @param nonsense how often the model's answer was of no use so far
/// @param trouble why it is not done yet; null before the first attempt
/// @param usage what it cost so far
record Ingest(
    MemoryId memory,
    List<Turn> turns,
    String recalled,
    @Nullable String category,
    Instant received,
    @Nullable Instant observed,
    @Nullable String prompt,
    String actor,
    int nonsense,
    @Nullable String trouble,
    Usage usage) {

  /// The kind of tasks that are due some time.
  static final String WAITING = "ingest";

  /// The kind of tasks that nobody does until somebody asks for it.
  static final String FAILED = "ingest-failed";

  /// What of a recalled block is kept for comparison, in characters.
  private static final int RECALLED_CHARS_MAX = 20_000;

  Ingest {
    turns = List.copyOf(turns);
    recalled = recalled.substring(0, Math.min(recalled.length(), RECALLED_CHARS_MAX));
  }

  /// By what relative times are grounded.
  Instant said() {
    return observed == null ? received : observed;
  }

  Ingest after(Usage more, boolean wasNonsense, String why) {
    return new Ingest(
        memory,
        turns,
        recalled,
        category,
        received,
        observed,
        prompt,
        actor,
        nonsense + (wasNonsense ? 1 : 0),
        why,
        usage.plus(more));
  }

  /// As it was before any attempt.
  Ingest afresh() {
    return new Ingest(
        memory, turns, recalled, category, received, observed, prompt, actor, 0, null, usage);
  }

  Task task(String kind, Instant due, int attempts) {
    return new Task("ingest-" + memory, kind, memory, due, attempts, Json.print(payload()));
  }

  static Ingest of(Task task) {
    JsonNode payload = Json.parseOwn(task.payload());
    List<Turn> turns = new ArrayList<>();
    for (JsonNode turn : payload.path("turns")) {
      turns.add(
          new Turn(
              Author.valueOf(turn.path("author").asText()),
              turn.path("text").asText(),
              text(turn, "speaker")));
    }
    JsonNode usage = payload.path("usage");
    String observed = text(payload, "observed");
    return new Ingest(
        Objects.requireNonNull(task.memory()),
        turns,
        payload.path("recalled").asText(),
        text(payload, "category"),
        Instant.parse(payload.path("received").asText()),
        observed == null ? null : Instant.parse(observed),
        text(payload, "prompt"),
        payload.path("actor").asText(),
        payload.path("nonsense").asInt(),
        text(payload, "trouble"),
        new Usage(
            usage.path("calls").asLong(),
            usage.path("input").asLong(),
            usage.path("output").asLong()));
  }

  private ObjectNode payload() {
    ObjectNode payload = Json.object();
    ArrayNode list = payload.putArray("turns");
    for (Turn turn : turns) {
      list.addObject()
          .put("author", turn.author().name())
          .put("text", turn.text())
          .put("speaker", turn.speaker());
    }
    payload.put("recalled", recalled);
    payload.put("category", category);
    payload.put("received", received.toString());
    payload.put("observed", observed == null ? null : observed.toString());
    payload.put("prompt", prompt);
    payload.put("actor", actor);
    payload.put("nonsense", nonsense);
    payload.put("trouble", trouble);
    UsageMarks.write(payload.putObject("usage"), usage);
    return payload;
  }

  private static @Nullable String text(JsonNode node, String name) {
    return node.hasNonNull(name) ? node.path(name).asText() : null;
  }
}
