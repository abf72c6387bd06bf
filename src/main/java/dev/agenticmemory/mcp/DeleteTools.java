package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.DeleteMemories;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;

/// The tools that delete many memories at once.
final class DeleteTools {

  private DeleteTools() {}

  record ByRun(DeleteMemories deleteMemories) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      RunId run = arguments.run();
      if (run == null) {
        throw new InvalidInput(
            "run_id", "is missing", "Pass the day (YYYY-MM-DD) or session id to forget.");
      }
      boolean dryRun = arguments.flag("dry_run", false);
      return answer(
          deleteMemories.byRun(caller, arguments.user(), run, arguments.agent(), dryRun), dryRun);
    }
  }

  record ByUser(DeleteMemories deleteMemories) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      UserId user = arguments.user();
      if (user == null) {
        throw new InvalidInput(
            "user_id",
            "is missing",
            "Name the user whose memories are to be forgotten, all of them.");
      }
      boolean dryRun = arguments.flag("dry_run", false);
      return answer(deleteMemories.byUser(caller, user, dryRun), dryRun);
    }
  }

  private static ObjectNode answer(long count, boolean dryRun) {
    ObjectNode answer = Json.object().put("deleted", count);
    return dryRun ? answer.put("dry_run", true) : answer;
  }
}
