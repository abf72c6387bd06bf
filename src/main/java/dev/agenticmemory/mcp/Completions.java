package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Selection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What a client may offer while a person types an id.
final class Completions {

  private final Supplier<Engine> engine;

  Completions(Supplier<Engine> engine) {
    this.engine = engine;
  }

  /// The values of `argument` that begin with what is typed.
  ///
  /// @param context what was filled in before; its `user_id` says whose runs are meant
  ObjectNode complete(Caller caller, String argument, String typed, JsonNode context) {
    List<String> values =
        switch (argument) {
          case "user_id" ->
              engine.get().inspect().users(caller, typed).stream().map(UserId::value).toList();
          case "run_id", "day" ->
              runs(caller, user(caller, context)).filter(run -> run.startsWith(typed)).toList();
          case "memory_id" -> memories(caller).filter(id -> id.startsWith(typed)).toList();
          default -> List.of();
        };
    ObjectNode result = Json.object();
    ObjectNode completion = result.putObject("completion");
    ArrayNode array = completion.putArray("values");
    values.forEach(array::add);
    completion.put("total", values.size()).put("hasMore", false);
    return result;
  }

  private static UserId user(Caller caller, JsonNode context) {
    JsonNode user = context.path("arguments").path("user_id");
    return user.isTextual() && !user.textValue().isBlank()
        ? new UserId(user.textValue())
        : caller.user();
  }

  private Stream<String> runs(Caller caller, UserId user) {
    return caller.mayAsk(user) && caller.seesAllAgents()
        ? engine.get().inspect().runs(caller, user).stream().map(run -> run.run().value())
        : Stream.of();
  }

  private Stream<String> memories(Caller caller) {
    return engine
        .get()
        .listMemories()
        .list(caller, null, null, new Selection.Runs.All(), ListMemories.LIMIT_MAX, null)
        .memories()
        .stream()
        .map(memory -> memory.id().toString());
  }
}
