package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.OneMemory;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;

/// The tools that take the id of one memory.
final class OneMemoryTools {

  private OneMemoryTools() {}

  record Get(OneMemory oneMemory) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      return Items.whole(oneMemory.get(caller, arguments.memoryId()));
    }
  }

  record Delete(OneMemory oneMemory) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      MemoryId id = arguments.memoryId();
      oneMemory.delete(caller, id);
      return Json.object().put("deleted", 1).put("id", id.toString());
    }
  }

  record History(OneMemory oneMemory) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      return Items.ofHistory(oneMemory.history(caller, arguments.memoryId()));
    }
  }

  /// Who may write and not read learns that it is done, and nothing of what was there before.
  record Update(OneMemory oneMemory) implements Tool {
    @Override
    public ObjectNode call(Caller caller, Arguments arguments) {
      MemoryId id = arguments.memoryId();
      OneMemory.Updated updated =
          oneMemory.update(caller, id, arguments.text("text"), arguments.metadata());
      if (!caller.may(Right.READ)) {
        return Json.object().put("id", id.toString()).put("event", Event.UPDATE.name());
      }
      ObjectNode answer = Items.whole(updated.memory());
      return updated.note() == null ? answer : answer.put("note", updated.note());
    }
  }
}
