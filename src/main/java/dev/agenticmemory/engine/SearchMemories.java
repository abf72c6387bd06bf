package dev.agenticmemory.engine;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.Tier;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.text.Excerpts;
import dev.agenticmemory.text.Sameness;
import dev.agenticmemory.text.Words;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the memories that answer a question, by words and by meaning together.
///
/// One embedding and one round of questions to the store, whichever tiers and runs are asked for.
/// Where there is a reranker, it reads the best of what was found; where that fails, the order
/// without it stands, and the answer says so.
public final class SearchMemories {

  /// How many candidates are taken by meaning and by words, for each wanted hit and at least.
  private static final int CANDIDATES_PER_HIT = 4;

  /// With 100 the same is found; with fewer, less.
  private static final int CANDIDATES_MIN = 60;

  /// More speakers than this are no conversation, and no query is told apart by them.
  private static final int SPEAKERS_MAX = 1_000;

  /// What a reranker's word counts beside the score that it replaces: language models rate in few
  /// steps, and among equals the old order is the better one.
  private static final double READ_SHARE = 10.0 / 11;

  /// How many hits are compared with each other where diverse ones are wanted.
  private static final int DIVERSE_MAX = 50;

  /// Furthest that a combined search looks back, in days.
  public static final int RECENT_DAYS_MAX = 365;

  private final MemoryStore store;
  private final Indexer indexer;
  private final Refinement refinement;
  private final Clock clock;

  /// With nothing done after ranking.
  public SearchMemories(MemoryStore store, Indexer indexer, Clock clock) {
    this(store, indexer, Refinement.NONE, clock);
  }

  public SearchMemories(MemoryStore store, Indexer indexer, Refinement refinement, Clock clock) {
    this.store = store;
    this.indexer = indexer;
    this.refinement = refinement;
    this.clock = clock;
  }

  /// Long-term memory and the runs of the last `days` days (UTC), today included.
  public Selection.Runs recent(int days) {
    if (days < 1 || days > RECENT_DAYS_MAX) {
      throw new InvalidInput(
          "recent_days", "is " + days, "Pass a number from 1 to %d.".formatted(RECENT_DAYS_MAX));
    }
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    return new Selection.Runs.LongTermAndSince(today.minusDays(days - 1L));
  }

  public Found search(Caller caller, SearchRequest asked) {
    caller.require(Right.READ);
    SearchRequest request = asked.by(caller.agent(asked.agent()));
    UserId user = caller.user(request.user());
    Place after = request.cursor() == null ? null : Place.of(request.cursor(), request);
    Instant now = after == null ? clock.instant() : after.began();
    Ranked scored = scored(selection(caller, user, request, clock.instant()), request, now);
    Ranked ranked = rerank(request.query(), scored.scored);
    List<Scored> relevant =
        ranked.scored.stream()
            .filter(one -> one.relevance >= request.minScore())
            .sorted(BEST_FIRST)
            .toList();
    Page page = new Page(request, after);
    List<Hit> hits = page.fill(diverse(relevant), user);
    return new Found(
        hits,
        ranked.scored.size() - relevant.size(),
        page.hasMore
            ? new Place(now, page.last().score(), page.last().candidate.id()).cursor(request)
            : null,
        note(scored.note, ranked.note));
  }

  private static @Nullable String note(@Nullable String first, @Nullable String second) {
    return first == null || second == null
        ? (first == null ? second : first)
        : first + " " + second;
  }

  private static Selection selection(
      Caller caller, UserId user, SearchRequest request, Instant now) {
    Selection.Moment moment =
        request.asOf() == null
            ? new Selection.Moment.Live(now)
            : new Selection.Moment.AsOf(request.asOf());
    return new Selection(
        user, request.agent(), request.runs(), caller.sharing(), moment, request.filter());
  }

  /// A candidate and its scores.
  ///
  /// @param relevance what the score is without recency
  private record Scored(
      Candidate candidate, double relevance, double recency, Hit.Explanation explanation) {

    double score() {
      return relevance * recency * explanation.novelty();
    }

    Scored repeating(double novelty) {
      return new Scored(
          candidate,
          relevance,
          recency,
          new Hit.Explanation(
              explanation.parts(),
              explanation.calibrated(),
              explanation.reranked(),
              recency,
              novelty));
    }

    Scored reranked(double relevance, @Nullable Double read) {
      return new Scored(
          candidate,
          relevance,
          recency,
          new Hit.Explanation(explanation.parts(), explanation.calibrated(), read, recency, 1));
    }
  }

  /// A candidate that something speaks for.
  private record Evidence(Candidate candidate, Ranking.Parts parts) {}

  /// What was found, with what there is to say about it.
  private record Ranked(List<Scored> scored, @Nullable String note) {}

  /// Equal scores by id, so that the order is always the same.
  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparing(one -> one.candidate.id());

  /// In the order of a conversation, in which each explains the next to who reads them.
  private static final Comparator<Scored> AS_SAID =
      Comparator.<Scored, Instant>comparing(one -> one.candidate.happened())
          .thenComparing(one -> one.candidate.id());

  private Ranked scored(Selection selection, SearchRequest request, Instant now) {
    Question question =
        Question.of(
            request.query(),
            store.speakers(selection, SPEAKERS_MAX),
            LocalDate.ofInstant(now, ZoneOffset.UTC));
    int limit = Math.max(CANDIDATES_MIN, request.topK() * CANDIDATES_PER_HIT);
    Query query;
    String note = null;
    try {
      query = indexer.query(question, limit);
    } catch (Unavailable e) {
      query = indexer.wordsQuery(question, limit);
      note = "Found by words alone: %s.".formatted(e.getMessage());
    }
    return new Ranked(scored(selection, request, question, query, now), note);
  }

  private List<Scored> scored(
      Selection selection, SearchRequest request, Question question, Query query, Instant now) {
    Candidates candidates = store.candidates(selection, query);
    Ranking ranking = new Ranking(question, query, candidates);
    List<Evidence> evidence = new ArrayList<>(candidates.found().size());
    for (Candidate candidate : candidates.found()) {
      Ranking.Parts parts = ranking.parts(candidate);
      if (ranking.isEvidence(parts)) {
        evidence.add(new Evidence(candidate, parts));
      }
    }
    double best = evidence.stream().mapToDouble(one -> ranking.order(one.parts)).max().orElse(0);
    List<Scored> scored = new ArrayList<>(evidence.size());
    for (Evidence one : evidence) {
      double relevance = ranking.score(ranking.order(one.parts), best);
      double recency =
          request.timeDecay() ? Ranking.recency(one.candidate.nature().happened(), now) : 1;
      scored.add(
          new Scored(
              one.candidate,
              relevance,
              recency,
              new Hit.Explanation(one.parts, relevance, null, recency, 1)));
    }
    scored.sort(BEST_FIRST);
    return scored;
  }

  /// Lets the reranker read the best.
  private Ranked rerank(String query, List<Scored> scored) {
    Reranker reranker = refinement.reranker();
    if (reranker == null || scored.isEmpty()) {
      return new Ranked(scored, null);
    }
    List<Scored> best = scored.subList(0, Math.min(reranker.topN(), scored.size()));
    Map<MemoryId, Memory> memories = load(best);
    List<Scored> read =
        best.stream()
            .filter(one -> memories.containsKey(one.candidate.id()))
            .sorted(AS_SAID)
            .toList();
    if (read.isEmpty()) {
      return new Ranked(scored, null);
    }
    try {
      List<Double> scores = reranker.scores(query, texts(query, read, memories, reranker));
      return new Ranked(merged(read, scores, scored.subList(best.size(), scored.size())), null);
    } catch (Unavailable e) {
      return new Ranked(
          scored,
          "Not reranked: %s. The order is the one without the reranker.".formatted(e.getMessage()));
    }
  }

  /// Lowers what repeats better hits, as far as that is wanted; what comes after the first
  /// [#DIVERSE_MAX] stays below them.
  private List<Scored> diverse(List<Scored> scored) {
    if (refinement.diversity() == 0 || scored.size() < 2) {
      return scored;
    }
    List<Scored> first = scored.subList(0, Math.min(DIVERSE_MAX, scored.size()));
    Map<MemoryId, Memory> memories = load(first);
    List<String> texts =
        first.stream()
            .map(one -> memories.get(one.candidate.id()))
            .map(memory -> memory == null ? "" : memory.text())
            .toList();
    List<Scored> diverse = new ArrayList<>();
    for (Novelty.Chosen chosen :
        new Novelty(texts, refinement.diversity())
            .order(first.stream().mapToDouble(Scored::score).toArray())) {
      diverse.add(first.get(chosen.text()).repeating(chosen.factor()));
    }
    List<Scored> rest = scored.subList(first.size(), scored.size());
    if (!rest.isEmpty()) {
      double factor = Math.min(1, diverse.getLast().score() / rest.getFirst().score());
      rest.forEach(one -> diverse.add(one.repeating(factor)));
    }
    diverse.sort(BEST_FIRST); // Which pages go by, also among equal ones.
    return diverse;
  }

  /// What the reranker reads: who said it and when, and of a long text what was asked about.
  private static List<String> texts(
      String query, List<Scored> read, Map<MemoryId, Memory> memories, Reranker reranker) {
    Set<String> terms = Set.copyOf(Words.ofQuery(query));
    List<String> texts = new ArrayList<>();
    for (Scored one : read) {
      Candidate.Nature nature = one.candidate.nature();
      String text = Objects.requireNonNull(memories.get(one.candidate.id())).text();
      texts.add(
          "%s, %s: %s"
              .formatted(
                  LocalDate.ofInstant(nature.happened(), ZoneOffset.UTC),
                  nature.speaker(),
                  Excerpts.of(text, terms, reranker.textCharsMax())));
    }
    return texts;
  }

  /// What was read by its new score, of equal ones in the old order, and the rest below that.
  private static List<Scored> merged(List<Scored> read, List<Double> scores, List<Scored> rest) {
    List<Scored> merged = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      double relevance = READ_SHARE * scores.get(i) + (1 - READ_SHARE) * read.get(i).relevance;
      merged.add(read.get(i).reranked(relevance, scores.get(i)));
    }
    double lowest = merged.stream().mapToDouble(Scored::relevance).min().orElse(0);
    rest.forEach(one -> merged.add(one.reranked(one.relevance * lowest, null)));
    return merged;
  }

  private Map<MemoryId, Memory> load(List<Scored> scored) {
    return store.load(scored.stream().map(Scored::candidate).toList()).stream()
        .collect(Collectors.toMap(Memory::id, Function.identity(), (a, _) -> a));
  }

  /// One page of hits, each saying once: what stands in two tiers, was said by two agents, or
  /// differs in blanks, capitals or articles alone is one hit.
  private final class Page {

    private final SearchRequest request;
    private final @Nullable Place after;
    private final Set<String> seen = new HashSet<>();
    private final List<Scored> shown = new ArrayList<>();
    private final List<Hit> hits = new ArrayList<>();
    private boolean hasMore;

    Page(SearchRequest request, @Nullable Place after) {
      this.request = request;
      this.after = after;
    }

    /// Goes through all that is relevant, so that what an earlier page showed is not shown again.
    List<Hit> fill(List<Scored> relevant, UserId user) {
      for (int from = 0; from < relevant.size() && !hasMore; from += request.topK()) {
        List<Scored> next =
            relevant.subList(from, Math.min(relevant.size(), from + request.topK()));
        Map<MemoryId, Memory> memories = load(next);
        for (Scored one : next) {
          Memory memory = memories.get(one.candidate.id());
          if (memory != null && isNew(memory) && !isBefore(one)) {
            show(one, memory, user);
          }
        }
      }
      return hits;
    }

    Scored last() {
      return shown.getLast();
    }

    private void show(Scored one, Memory memory, UserId user) {
      if (hits.size() == request.topK()) {
        hasMore = true;
        return;
      }
      shown.add(one);
      hits.add(
          new Hit(
              memory, one.score(), one.relevance, label(memory, request, user), one.explanation));
    }

    private boolean isNew(Memory memory) {
      return seen.add(Sameness.key(memory.text()));
    }

    /// Whether an earlier page ended at or after this one.
    private boolean isBefore(Scored one) {
      return after != null
          && (one.score() > after.score()
              || (one.score() == after.score() && one.candidate.id().compareTo(after.id()) <= 0));
    }
  }

  private static Hit.Label label(Memory memory, SearchRequest request, UserId user) {
    Scope scope = memory.scope();
    boolean own =
        scope.user().equals(user)
            && (request.agent() == null || request.agent().equals(scope.agent()));
    if (!own) {
      return Hit.Label.SHARED;
    }
    return memory.tier() == Tier.LONG_TERM ? Hit.Label.LONG_TERM : Hit.Label.SHORT_TERM;
  }
}
