package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.SearchMemories;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.FilterJson;

/// The `search_combined` tool.
final class SearchCombinedTool implements Tool {

  private final SearchMemories searchMemories;

  SearchCombinedTool(SearchMemories searchMemories) {
    this.searchMemories = searchMemories;
  }

  @Override
  public ObjectNode call(Caller caller, Arguments arguments) {
    int recentDays = arguments.integer("recent_days", 7, 1, SearchMemories.RECENT_DAYS_MAX);
    SearchRequest request =
        new SearchRequest(
            arguments.requiredText("query"),
            arguments.user(),
            arguments.agent(),
            searchMemories.recent(recentDays),
            arguments.integer("top_k", 10, 1, SearchRequest.TOP_K_MAX),
            arguments.number("min_score", 0),
            FilterJson.read(arguments.object("filters")),
            null,
            arguments.flag("time_decay", true),
            arguments.text("cursor"));
    return SearchAnswer.of(
        searchMemories.search(caller, request), request, arguments.flag("explain", false));
  }
}
