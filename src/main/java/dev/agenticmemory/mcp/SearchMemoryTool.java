package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.SearchMemories;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.FilterJson;
import dev.agenticmemory.store.Selection;

/// The `search_memory` tool.
final class SearchMemoryTool implements Tool {

  private final SearchMemories searchMemories;

  SearchMemoryTool(SearchMemories searchMemories) {
    this.searchMemories = searchMemories;
  }

  @Override
  public ObjectNode call(Caller caller, Arguments arguments) {
    RunId run = arguments.run();
    SearchRequest request =
        new SearchRequest(
            arguments.requiredText("query"),
            arguments.user(),
            arguments.agent(),
            run == null ? new Selection.Runs.LongTerm() : new Selection.Runs.Only(run),
            arguments.integer("top_k", 5, 1, SearchRequest.TOP_K_MAX),
            arguments.number("min_score", 0),
            FilterJson.read(arguments.object("filters")),
            arguments.instant("as_of"),
            arguments.flag("time_decay", false),
            arguments.text("cursor"));
    return SearchAnswer.of(
        searchMemories.search(caller, request), request, arguments.flag("explain", false));
  }
}
