package dev.agenticmemory.eval;

import dev.agenticmemory.domain.Content;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.Added;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Found;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.Input;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.eval.Dataset.Conversation;
import dev.agenticmemory.eval.Dataset.Question;
import dev.agenticmemory.eval.Dataset.Turn;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Words;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Runs a dataset through the engine: each conversation is a user, each session a run, each turn a
/// memory, stored as it is.
public final class Evaluation {

  private static final String OURS = "agentic-memory";
  private static final String CONVEX = "convex, weight of meaning ";

  /// Weights of meaning of the convex combinations, in tenths; the best one is reported.
  private static final int TENTHS = 10;

  private static final double[] MIN_SCORES = {
    0.2, 0.25, 0.3, 0.35, 0.36, 0.37, 0.38, 0.4, 0.5, 0.7, 0.9
  };

  /// Each question is also asked of so many other conversations.
  private static final int FOREIGN = 2;

  private final Embedder embeddings;
  private final Indexer indexer;
  private final Engine engine;
  private final Refinement refinement;
  private final Consumer<String> progress;

  private final Map<String, Map<String, List<Measures>>> measured = new LinkedHashMap<>();
  private final List<Double> right = new ArrayList<>();
  private final List<Double> foreign = new ArrayList<>();
  private final List<Double> unanswerable = new ArrayList<>();
  private int searches;
  private int unread;

  private Evaluation(
      MemoryStore store,
      Embedder embedder,
      Refinement refinement,
      Clock clock,
      Consumer<String> progress) {
    embeddings = new Remembered(embedder);
    indexer = new Indexer(embeddings);
    engine = Engine.of(store, embeddings, refinement, null, () -> {}, clock);
    this.refinement = refinement;
    this.progress = progress;
  }

  /// Measures `dataset`.
  ///
  /// @param store empty, and not to be used for anything else
  /// @param refinement what is done after ranking
  /// @param progress is told what is being done
  public static Report of(
      Dataset dataset,
      MemoryStore store,
      Embedder embedder,
      Refinement refinement,
      Clock clock,
      Consumer<String> progress) {
    return new Evaluation(store, embedder, refinement, clock, progress).run(dataset);
  }

  private Report run(Dataset dataset) {
    List<Stored> all = new ArrayList<>();
    for (Conversation conversation : dataset.conversations()) {
      progress.accept("storing " + conversation.name());
      all.add(store(all.size(), conversation));
    }
    for (int i = 0; i < all.size(); i++) {
      progress.accept("asking " + all.get(i).conversation.name());
      ask(all.get(i));
      for (int next = 1; next <= FOREIGN && next < all.size(); next++) {
        askForeign(all.get((i + next) % all.size()), all.get(i));
      }
    }
    return report(dataset);
  }

  /// A conversation in the store.
  ///
  /// @param memories the memory of each turn, by its id; turns of the same text share one
  /// @param order the memories in the order of the turns, each once
  private record Stored(
      UserId user,
      Conversation conversation,
      Map<String, MemoryId> memories,
      List<MemoryId> order,
      Baseline baseline) {}

  private Stored store(int number, Conversation conversation) {
    UserId user = new UserId("%d %s".formatted(number, conversation.name()));
    Map<String, MemoryId> memories = new LinkedHashMap<>();
    Map<MemoryId, String> texts = new LinkedHashMap<>();
    for (List<Turn> batch : batches(conversation.turns())) {
      List<Added.Item> items = engine.addMemory().add(caller(user), request(batch)).items();
      for (int i = 0; i < batch.size(); i++) {
        memories.put(batch.get(i).id(), items.get(i).id());
        texts.putIfAbsent(items.get(i).id(), stored(batch.get(i)));
      }
    }
    Baseline baseline = new Baseline(indexer.features(List.copyOf(texts.values())));
    return new Stored(user, conversation, memories, List.copyOf(texts.keySet()), baseline);
  }

  /// Turns that can be added at once: of one session and time.
  private static List<List<Turn>> batches(List<Turn> turns) {
    List<List<Turn>> batches = new ArrayList<>();
    for (Turn turn : turns) {
      if (Unicode.isBlank(turn.text())) {
        continue;
      }
      List<Turn> last = batches.isEmpty() ? List.of() : batches.getLast();
      boolean fits =
          !last.isEmpty()
              && last.size() < Input.Messages.MESSAGES_MAX
              && last.getLast().session().equals(turn.session())
              && Objects.equals(last.getLast().at(), turn.at());
      if (fits) {
        last.add(turn);
      } else {
        batches.add(new ArrayList<>(List.of(turn)));
      }
    }
    return batches;
  }

  private static AddRequest request(List<Turn> batch) {
    Input.Messages messages =
        new Input.Messages(
            batch.stream()
                .map(turn -> new Input.Message(turn.role(), stored(turn), turn.speaker()))
                .toList());
    RunId run = new RunId(batch.getFirst().session());
    return new AddRequest(
        messages,
        null,
        null,
        run,
        false,
        null,
        Metadata.EMPTY,
        batch.getFirst().at(),
        null,
        null,
        null);
  }

  /// The text of a turn, as far as one memory holds it.
  private static String stored(Turn turn) {
    return turn.text().substring(0, Math.min(turn.text().length(), Content.TEXT_CHARS_MAX));
  }

  private static Caller caller(UserId user) {
    return new Caller(user, true, null, Source.IMPORT, Sharing.OFF);
  }

  private List<Hit> search(UserId user, String query) {
    SearchRequest request =
        new SearchRequest(
            query,
            null,
            null,
            new Selection.Runs.All(),
            Measures.DEPTH,
            0,
            Filter.ALL,
            null,
            false);
    Found found = engine.searchMemories().search(caller(user), request);
    searches++;
    unread += found.note() == null ? 0 : 1;
    return found.hits();
  }

  private void ask(Stored stored) {
    for (Question question : stored.conversation.questions()) {
      List<Hit> hits = search(stored.user, question.text());
      Set<MemoryId> evidence = evidence(stored, question);
      if (question.evidence().isEmpty()) {
        unanswerable.add(best(hits));
      } else if (!evidence.isEmpty()) {
        hits.stream()
            .filter(hit -> evidence.contains(hit.memory().id()))
            .forEach(hit -> right.add(hit.relevance()));
        record(
            OURS,
            question,
            Measures.of(hits.stream().map(hit -> hit.memory().id()).toList(), evidence));
        baselines(stored, question, evidence);
      }
    }
  }

  private void askForeign(Stored stored, Stored other) {
    for (Question question : other.conversation.questions()) {
      if (!evidence(other, question).isEmpty()) {
        foreign.add(best(search(stored.user, question.text())));
      }
    }
  }

  private static Set<MemoryId> evidence(Stored stored, Question question) {
    Set<MemoryId> evidence = new HashSet<>();
    for (String id : question.evidence()) {
      MemoryId memory = stored.memories.get(id);
      if (memory != null) {
        evidence.add(memory);
      }
    }
    return evidence;
  }

  private static double best(List<Hit> hits) {
    return hits.isEmpty() ? 0 : hits.getFirst().relevance();
  }

  private void baselines(Stored stored, Question question, Set<MemoryId> evidence) {
    Embedding embedding =
        embeddings.embed(List.of(question.text()), Embedder.Purpose.SEARCH).getFirst();
    double[] words = stored.baseline.words(Words.ofQuery(question.text()));
    double[] meaning = stored.baseline.meaning(embedding);
    Map<String, double[]> scores = new LinkedHashMap<>();
    scores.put("words only (BM25)", words);
    scores.put("meaning only (cosine)", meaning);
    scores.put("reciprocal rank fusion", Baseline.fused(words, meaning));
    for (int tenth = 1; tenth < TENTHS; tenth++) {
      double weight = (double) tenth / TENTHS;
      scores.put(
          CONVEX + String.format(Locale.ROOT, "%.1f", weight),
          Baseline.convex(words, meaning, weight));
    }
    scores.forEach((system, values) -> {
      List<MemoryId> ranking = Baseline.best(values).stream().map(stored.order::get).toList();
      record(system, question, Measures.of(ranking, evidence));
    });
  }

  private void record(String system, Question question, Measures measures) {
    Map<String, List<Measures>> categories = measured.computeIfAbsent(system, _ -> new TreeMap<>());
    categories.computeIfAbsent(question.category(), _ -> new ArrayList<>()).add(measures);
    categories.computeIfAbsent(Report.ALL, _ -> new ArrayList<>()).add(measures);
  }

  private Report report(Dataset dataset) {
    Map<String, Map<String, Measures>> systems = new LinkedHashMap<>();
    String convex = bestConvex();
    measured.forEach((system, categories) -> {
      if (!system.startsWith(CONVEX) || system.equals(convex)) {
        Map<String, Measures> means = new LinkedHashMap<>();
        categories.forEach((category, all) -> means.put(category, Measures.mean(all)));
        systems.put(system, means);
      }
    });
    Map<String, Integer> questions = new LinkedHashMap<>();
    Map<String, List<Measures>> ours = measured.getOrDefault(OURS, Map.of());
    questions.put(Report.ALL, ours.getOrDefault(Report.ALL, List.of()).size());
    ours.forEach((category, all) -> questions.put(category, all.size()));
    int turns = dataset.conversations().stream().mapToInt(one -> one.turns().size()).sum();
    return new Report(dataset.name(), settings(), turns, systems, questions, rejections());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("embedding model", embeddings.space().toString());
    settings.put("stored", "each turn as it is, one run a session, no language model");
    settings.put("asked", "top_k 10, all runs");
    settings.put("reranker", reranker());
    settings.put("analyser", "version " + Words.VERSION);
    return settings;
  }

  private String reranker() {
    Reranker reranker = refinement.reranker();
    if (reranker == null) {
      return "none";
    }
    String read = "%s, best %d texts".formatted(reranker.name(), reranker.topN());
    return unread == 0 ? read : read + "; failed in %d of %d searches".formatted(unread, searches);
  }

  private String bestConvex() {
    return measured.entrySet().stream()
        .filter(one -> one.getKey().startsWith(CONVEX))
        .max((a, b) -> Double.compare(recall10(a.getValue()), recall10(b.getValue())))
        .map(Map.Entry::getKey)
        .orElse("");
  }

  private static double recall10(Map<String, List<Measures>> categories) {
    return Measures.mean(categories.getOrDefault(Report.ALL, List.of())).recall10();
  }

  private List<Report.Rejection> rejections() {
    List<Report.Rejection> rejections = new ArrayList<>();
    for (double min : MIN_SCORES) {
      rejections.add(
          new Report.Rejection(
              min, 1 - below(right, min), below(foreign, min), below(unanswerable, min)));
    }
    return rejections;
  }

  private static double below(Collection<Double> scores, double min) {
    return scores.isEmpty()
        ? Double.NaN
        : (double) scores.stream().filter(score -> score < min).count() / scores.size();
  }
}
