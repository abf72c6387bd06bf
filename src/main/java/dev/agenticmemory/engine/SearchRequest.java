package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unicode;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Selection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One question to [SearchMemories].
///
/// @param user null for the caller's own
/// @param agent null for all agents of the user
/// @param runs which tiers and runs
/// @param topK how many hits at most, 1 to [#TOP_K_MAX]
/// @param minScore hits below this relevance are left out, 0 to 1
/// @param asOf what was known at this time; null for now
/// @param timeDecay whether newer memories are preferred
/// @param cursor where to go on, as an earlier answer said; null for the best hits
public record SearchRequest(
    String query,
    @Nullable UserId user,
    @Nullable AgentId agent,
    Selection.Runs runs,
    int topK,
    double minScore,
    Filter filter,
    @Nullable Instant asOf,
    boolean timeDecay,
    @Nullable String cursor) {

  /// Most hits of one search, so that one call cannot fill the caller's context.
  public static final int TOP_K_MAX = 100;

  /// Longest query, in characters.
  public static final int QUERY_CHARS_MAX = 10_000;

  public SearchRequest {
    if (Unicode.isBlank(query)) {
      throw new InvalidInput("query", "is blank", "Say in a few words what to look for.");
    }
    if (query.length() > QUERY_CHARS_MAX) {
      throw new InvalidInput(
          "query",
          "has %,d characters, at most %,d are allowed".formatted(query.length(), QUERY_CHARS_MAX),
          "Ask for the gist of it.");
    }
    if (topK < 1 || topK > TOP_K_MAX) {
      throw new InvalidInput(
          "top_k", "is " + topK, "Pass a number from 1 to %d.".formatted(TOP_K_MAX));
    }
    // Written so that NaN is refused too.
    if (!(minScore >= 0 && minScore <= 1)) {
      throw new InvalidInput("min_score", "is " + minScore, "Pass a number from 0 to 1.");
    }
  }

  /// This question, asked for that agent.
  SearchRequest by(@Nullable AgentId other) {
    return new SearchRequest(
        query, user, other, runs, topK, minScore, filter, asOf, timeDecay, cursor);
  }

  /// For the best hits.
  public SearchRequest(
      String query,
      @Nullable UserId user,
      @Nullable AgentId agent,
      Selection.Runs runs,
      int topK,
      double minScore,
      Filter filter,
      @Nullable Instant asOf,
      boolean timeDecay) {
    this(query, user, agent, runs, topK, minScore, filter, asOf, timeDecay, null);
  }
}
