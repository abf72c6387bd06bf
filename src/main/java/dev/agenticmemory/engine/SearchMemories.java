package dev.agenticmemory.engine;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Tier;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Finds the memories that answer a question, by words and by meaning together.
///
/// One embedding and one question to the store, whichever tiers and runs are asked for.
public final class SearchMemories {

  /// How many candidates are taken by meaning and by words, for each wanted hit and at least.
  private static final int CANDIDATES_PER_HIT = 4;

  private static final int CANDIDATES_MIN = 100;

  /// Furthest that a combined search looks back, in days.
  public static final int RECENT_DAYS_MAX = 365;

  private final MemoryStore store;
  private final Indexer indexer;
  private final Clock clock;

  public SearchMemories(MemoryStore store, Indexer indexer, Clock clock) {
    this.store = store;
    this.indexer = indexer;
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

  public Found search(Caller caller, SearchRequest request) {
    UserId user = caller.user(request.user());
    Instant now = clock.instant();
    Query query =
        indexer.query(
            request.query(), Math.max(CANDIDATES_MIN, request.topK() * CANDIDATES_PER_HIT));
    Candidates candidates = store.candidates(selection(caller, user, request, now), query);
    List<Scored> scored = score(candidates, request, now);
    long relevant = scored.stream().filter(one -> one.relevance >= request.minScore()).count();
    List<Hit> hits =
        distinct(
            scored.stream().filter(one -> one.relevance >= request.minScore()).toList(),
            request,
            user);
    return new Found(hits, scored.size() - (int) relevant);
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

  private record Scored(Candidate candidate, double score, double relevance, Ranking.Parts parts) {}

  /// Best first; equal scores by id, so that the order is always the same.
  private static List<Scored> score(Candidates candidates, SearchRequest request, Instant now) {
    Ranking ranking = new Ranking(candidates);
    return candidates.found().stream()
        .map(candidate -> {
          double relevance = ranking.relevance(candidate);
          double recency = request.timeDecay() ? Ranking.recency(candidate.happened(), now) : 1;
          return new Scored(
              candidate,
              relevance * recency,
              relevance,
              new Ranking.Parts(ranking.words(candidate), ranking.meaning(candidate), recency));
        })
        .filter(one -> one.relevance > 0)
        .sorted(
            Comparator.comparingDouble(Scored::score)
                .reversed()
                .thenComparing(one -> one.candidate.id()))
        .toList();
  }

  /// The best hits, each text once: what stands in two tiers or was said by two agents is one hit.
  private List<Hit> distinct(List<Scored> scored, SearchRequest request, UserId user) {
    List<Hit> hits = new ArrayList<>();
    Set<TextHash> seen = new HashSet<>();
    int from = 0;
    while (hits.size() < request.topK() && from < scored.size()) {
      List<Scored> next = scored.subList(from, Math.min(scored.size(), from + request.topK()));
      from += next.size();
      Map<MemoryId, Memory> memories =
          store.load(next.stream().map(Scored::candidate).toList()).stream()
              .collect(Collectors.toMap(Memory::id, Function.identity(), (a, _) -> a));
      for (Scored one : next) {
        Memory memory = memories.get(one.candidate.id());
        if (memory != null && hits.size() < request.topK() && seen.add(memory.content().hash())) {
          hits.add(
              new Hit(memory, one.score, one.relevance, label(memory, request, user), one.parts));
        }
      }
    }
    return hits;
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
