package dev.agenticmemory.eval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Stage;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.Added;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.engine.Input;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.text.SameLanguage;
import dev.agenticmemory.text.Words;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How well a language model and our checks make facts of the table of conversations.
///
/// Each row is played through the real engine on a store of its own. A remembered fact is the
/// expected one where the two mean nearly the same and have the same dates; see [#MEANS_SAME].
public final class Extraction {

  /// From this cosine, or share of common words, on two short facts are taken for the same.
  private static final double MEANS_SAME = 0.6;

  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final UserId USER = new UserId("user");
  private static final Caller CALLER = new Caller(USER, false, null, Source.TOOL, Sharing.USER);
  private static final int ALL = 1_000;

  private final Embedder embedder;
  private final Function<String, MemoryStore> stores;
  private final Inference inference;

  /// @param stores a new store by the name of its folder
  public Extraction(Embedder embedder, Function<String, MemoryStore> stores, Inference inference) {
    this.embedder = embedder;
    this.stores = stores;
    this.inference = inference;
  }

  /// Plays all rows.
  ///
  /// @param progress is told each row
  public ExtractionReport run(Consumer<String> progress) {
    ExtractionReport report = new ExtractionReport(inference.model().name());
    List<JsonNode> rows = Conversations.rows();
    for (int i = 0; i < rows.size(); i++) {
      JsonNode row = rows.get(i);
      progress.accept(
          "%d of %d: %s, %s"
              .formatted(i + 1, rows.size(), row.path("lang").asText(), row.path("name").asText()));
      try (MemoryStore store = stores.apply("row" + i)) {
        play(row, store, report);
      }
    }
    return report;
  }

  private void play(JsonNode row, MemoryStore store, ExtractionReport report) {
    Instant observed =
        LocalDate.parse(row.path("observed").asText()).atTime(9, 0).toInstant(ZoneOffset.UTC);
    Engine engine =
        Engine.of(
            store,
            embedder,
            Refinement.NONE,
            new Inference(inference.model(), Duration.ZERO, inference.callMax()),
            () -> {},
            Clock.fixed(observed, ZoneOffset.UTC));
    row.path("known").forEach(known -> add(engine, new Input.Text(known.asText()), false, null));
    add(engine, Conversations.messages(row), true, observed);
    while (Objects.requireNonNull(engine.queue()).step()) {
      // One attempt is enough: what fails is counted.
    }
    List<Memory> memories = memories(store, observed);
    if (memories.stream().anyMatch(memory -> memory.content().stage() != Stage.SETTLED)) {
      report.failed();
      return;
    }
    report.spent(engine.ingests().usage(CALLER));
    judge(row, memories, report);
  }

  private static Added add(Engine engine, Input input, boolean infer, @Nullable Instant observed) {
    AddRequest request =
        new AddRequest(
            input, null, null, null, infer, null, Metadata.EMPTY, observed, null, null, null);
    return engine.addMemory().add(CALLER, request);
  }

  private static List<Memory> memories(MemoryStore store, Instant now) {
    Selection all =
        new Selection(
            USER,
            null,
            new Selection.Runs.All(),
            Sharing.OFF,
            new Selection.Moment.Live(now),
            Filter.ALL);
    return store.list(all, new Window(null, 0, ALL));
  }

  private void judge(JsonNode row, List<Memory> memories, ExtractionReport report) {
    String said = said(row);
    for (Memory memory : memories) {
      report.language(SameLanguage.isOf(memory.text(), said));
      report.leaked(leaks(row, memory));
    }
    // There the expectation is what is left after a wrong decision, which this model need not make.
    if (row.path("wrong").asBoolean() && row.has("decisions")) {
      return;
    }
    List<Memory> left = new ArrayList<>(memories);
    for (JsonNode expected : row.path("expect")) {
      Memory match = match(expected.path("text").asText(), left);
      if (match == null) {
        report.missed();
      } else {
        left.remove(match);
        String by = match.origin().author().name().toLowerCase(Locale.ROOT);
        report.found(by.equals(expected.path("by").asText()));
      }
    }
    report.extra(left.size());
  }

  private static String said(JsonNode row) {
    StringBuilder said = new StringBuilder();
    row.path("messages").forEach(one -> said.append(one.path("content").asText()).append('\n'));
    return said.toString();
  }

  private static boolean leaks(JsonNode row, Memory memory) {
    for (JsonNode never : row.path("never")) {
      if (memory.text().contains(never.asText())) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Memory match(String expected, List<Memory> memories) {
    Memory best = null;
    double bestLikeness = MEANS_SAME;
    for (Memory memory : memories) {
      double likeness = likeness(expected, memory.text());
      if (likeness >= bestLikeness && dates(expected).equals(dates(memory.text()))) {
        best = memory;
        bestLikeness = likeness;
      }
    }
    return best;
  }

  private double likeness(String one, String other) {
    var vectors = embedder.embed(List.of(one, other), Embedder.Purpose.STORE);
    return Math.max(vectors.get(0).cosine(vectors.get(1)), common(one, other));
  }

  private static double common(String one, String other) {
    Set<String> ones = new HashSet<>(Words.ofText(one));
    Set<String> all = new HashSet<>(Words.ofText(other));
    long both = ones.stream().filter(all::contains).count();
    all.addAll(ones);
    return all.isEmpty() ? 0 : (double) both / all.size();
  }

  private static Set<String> dates(String text) {
    Set<String> dates = new HashSet<>();
    for (Matcher date = DATE.matcher(text); date.find(); ) {
      dates.add(date.group());
    }
    return dates;
  }
}
