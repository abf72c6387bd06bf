package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.store.Selection;

/// The `list_memories` tool.
final class ListMemoriesTool implements Tool {

  private final ListMemories listMemories;

  ListMemoriesTool(ListMemories listMemories) {
    this.listMemories = listMemories;
  }

  @Override
  public ObjectNode call(Caller caller, Arguments arguments) {
    RunId run = arguments.run();
    ListMemories.Page page =
        listMemories.list(
            caller,
            arguments.user(),
            arguments.agent(),
            run == null ? new Selection.Runs.LongTerm() : new Selection.Runs.Only(run),
            arguments.integer("limit", 20, 1, ListMemories.LIMIT_MAX),
            arguments.text("cursor"));
    ObjectNode answer = Items.ofMemories(page.memories());
    if (page.nextCursor() != null) {
      answer.put("next_cursor", page.nextCursor());
    }
    return answer;
  }
}
