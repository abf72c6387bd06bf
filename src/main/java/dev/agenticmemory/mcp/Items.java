package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.Times;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.Ranking;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.json.MetadataJson;
import dev.agenticmemory.text.Excerpts;
import dev.agenticmemory.text.Words;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Memories and hits as a model reads them: what is empty or says nothing new is left out.
final class Items {

  /// Most characters of texts in one answer: some 6,000 tokens, which no client cuts.
  static final int ANSWER_CHARS_MAX = 24_000;

  /// Most characters of one text among several.
  private static final int TEXT_CHARS_MAX = 4_000;

  /// What is shown of a text when the answer is full.
  private static final int TEXT_CHARS_MIN = 200;

  private static final String CUT_NOTE =
      "Some texts or metadata were cut to keep the answer short (cut: true); get_memory returns one"
          + " whole.";

  /// Most entries of a history that are shown: the first, and the latest.
  private static final int HISTORY_MAX = 60;

  /// Of a text that is cut, the part with most of these is shown.
  private final Set<String> terms;

  private int charsLeft;
  private boolean cut;

  Items() {
    this(ANSWER_CHARS_MAX, Set.of());
  }

  private Items(int charsLeft, Set<String> terms) {
    this.charsLeft = charsLeft;
    this.terms = terms;
  }

  /// An answer with `results`, and a note where texts were cut to what `query` asks about.
  static ObjectNode ofHits(List<Hit> hits, String query, boolean decayed, boolean explain) {
    Items items = new Items(ANSWER_CHARS_MAX, Set.copyOf(Words.ofQuery(query)));
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    hits.forEach(hit -> results.add(items.hit(hit, decayed, explain)));
    return items.noted(answer);
  }

  static ObjectNode ofMemories(List<Memory> memories) {
    Items items = new Items();
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    memories.forEach(memory -> results.add(items.memory(memory)));
    return items.noted(answer);
  }

  /// One memory, whole.
  static ObjectNode whole(Memory memory) {
    return new Items(Integer.MAX_VALUE, Set.of())
        .details(
            Json.object().put("id", memory.id().toString()).put("memory", memory.text()), memory);
  }

  static ObjectNode ofHistory(List<HistoryEntry> entries) {
    Items items = new Items();
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    int left = Math.max(0, entries.size() - HISTORY_MAX);
    for (int i = 0; i < entries.size(); i++) {
      if (i == 1) {
        i += left;
      }
      HistoryEntry entry = entries.get(i);
      ObjectNode node = results.addObject();
      node.put("event", entry.event().name());
      node.put("at", entry.at().toString());
      node.put("actor", entry.actor());
      node.put("reason", entry.reason());
      put(
          node,
          "old_memory",
          entry.oldText() == null ? null : items.shortened(entry.oldText(), node));
      put(
          node,
          "new_memory",
          entry.newText() == null ? null : items.shortened(entry.newText(), node));
      put(node, "related_id", entry.related());
    }
    items.noted(answer);
    if (left > 0) {
      answer.put(
          "note",
          "%d entries after the first are left out; these are the first and the latest %d."
              .formatted(left, HISTORY_MAX - 1));
    }
    return answer;
  }

  /// A score with three decimals, which is all that it means; a whole one without.
  static void putScore(ObjectNode node, String name, double score) {
    double rounded = Math.round(score * 1_000) / 1_000.0;
    if (rounded == Math.rint(rounded)) {
      node.put(name, (int) rounded);
    } else {
      node.put(name, rounded);
    }
  }

  private ObjectNode hit(Hit hit, boolean decayed, boolean explain) {
    ObjectNode node = Json.object().put("id", hit.memory().id().toString());
    node.put("memory", shortened(hit.memory().text(), node));
    putScore(node, "score", hit.score());
    if (decayed) {
      putScore(node, "original_score", hit.relevance());
    }
    node.put("memory_type", hit.label().name().toLowerCase(Locale.ROOT));
    details(node, hit.memory());
    if (explain) {
      node.set("explanation", explanation(hit.explanation()));
    }
    return node;
  }

  private static ObjectNode explanation(Hit.Explanation explanation) {
    ObjectNode node = Json.object();
    Ranking.Parts parts = explanation.parts();
    putScore(node, "meaning", parts.meaning());
    putScore(node, "words", parts.words());
    putScore(node, "phrase", parts.phrase());
    putScore(node, "context", parts.context());
    putScore(node, "speaker", parts.speaker());
    putScore(node, "question", parts.question());
    putScore(node, "length", parts.length());
    putScore(node, "date", parts.date());
    putScore(node, "calibrated", explanation.calibrated());
    if (explanation.reranked() != null) {
      putScore(node, "reranked", explanation.reranked());
    }
    putScore(node, "recency", explanation.recency());
    if (explanation.novelty() < 1) {
      putScore(node, "novelty", explanation.novelty());
    }
    return node;
  }

  private ObjectNode memory(Memory memory) {
    ObjectNode node = Json.object().put("id", memory.id().toString());
    node.put("memory", shortened(memory.text(), node));
    return details(node, memory);
  }

  private ObjectNode details(ObjectNode node, Memory memory) {
    put(node, "category", memory.content().category());
    putMetadata(node, memory.content().metadata());
    node.put("attributed_to", memory.origin().author().name().toLowerCase(Locale.ROOT));
    if (memory.content().stage() != Stage.SETTLED) {
      node.put("status", memory.content().stage().name().toLowerCase(Locale.ROOT));
    }
    if (memory.content().shared()) {
      node.put("shared", true);
    }
    Scope scope = memory.scope();
    node.put("user_id", scope.user().value());
    put(node, "agent_id", scope.agent());
    put(node, "run_id", scope.run());
    Times times = memory.times();
    node.put("created_at", times.created().toString());
    if (!times.updated().equals(times.created())) {
      node.put("updated_at", times.updated().toString());
    }
    put(node, "observed_at", times.observed());
    put(node, "expires_at", times.expires());
    return node;
  }

  /// Metadata that does not fit any more is left out.
  private void putMetadata(ObjectNode node, Metadata metadata) {
    if (metadata.isEmpty()) {
      return;
    }
    ObjectNode json = MetadataJson.write(metadata);
    int chars = Json.print(json).length();
    if (chars > TEXT_CHARS_MIN && chars > charsLeft) {
      cut = true;
      node.put("cut", true);
      return;
    }
    charsLeft -= chars;
    node.set("metadata", json);
  }

  /// A text that fits, or the part of it that was asked about, else its beginning.
  String shortened(String text, ObjectNode node) {
    int max =
        Math.min(text.length(), Math.min(TEXT_CHARS_MAX, Math.max(charsLeft, TEXT_CHARS_MIN)));
    charsLeft -= max;
    if (max == text.length()) {
      return text;
    }
    cut = true;
    node.put("cut", true);
    return Excerpts.of(text, terms, max);
  }

  /// `answer` with a note where something was cut.
  ObjectNode noted(ObjectNode answer) {
    return cut ? answer.put("note", CUT_NOTE) : answer;
  }

  private static void put(ObjectNode node, String name, @Nullable Object value) {
    if (value != null) {
      node.put(name, value.toString());
    }
  }
}
