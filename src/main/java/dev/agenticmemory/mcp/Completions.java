package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a client may offer while a person types an id.
final class Completions {

  /// Most values of one answer, as the protocol says.
  static final int VALUES_MAX = 100;

  /// Most runs of a user, and most memories, that are looked at for one answer.
  private static final int LOOKED_AT_MAX = 10_000;

  /// Values that begin with what is typed.
  ///
  /// @param whole whether these are all of them, beyond [#VALUES_MAX] too
  private record Found(List<String> values, boolean whole) {}

  private final Supplier<Engine> engine;

  Completions(Supplier<Engine> engine) {
    this.engine = engine;
  }

  /// The values of `argument` that begin with what is typed.
  ///
  /// @param chosen what was filled in before: `user_id` and `run_id` say whose runs and memories
  ///   are meant
  ObjectNode complete(Caller caller, String argument, String typed, JsonNode chosen) {
    Found found =
        switch (argument) {
          case "user_id" -> users(caller, typed);
          case "run_id", "day" -> runs(caller, typed, user(caller, chosen));
          case "memory_id" -> memories(caller, typed, user(caller, chosen), chosen);
          default -> new Found(List.of(), true);
        };
    ObjectNode result = Json.object();
    ObjectNode completion = result.putObject("completion");
    ArrayNode array = completion.putArray("values");
    found.values().stream().limit(VALUES_MAX).forEach(array::add);
    boolean more = !found.whole() || found.values().size() > VALUES_MAX;
    if (found.whole()) {
      completion.put("total", found.values().size());
    }
    completion.put("hasMore", more);
    return result;
  }

  private Found users(Caller caller, String typed) {
    List<UserId> users = engine.get().inspect().users(caller, typed, VALUES_MAX + 1);
    return new Found(users.stream().map(UserId::value).toList(), users.size() <= VALUES_MAX);
  }

  private Found runs(Caller caller, String typed, @Nullable UserId user) {
    if (user == null || !caller.seesAllAgents()) {
      return new Found(List.of(), true);
    }
    List<String> runs =
        engine.get().inspect().runs(caller, user, LOOKED_AT_MAX).stream()
            .map(run -> run.run().value())
            .toList();
    return new Found(
        runs.stream().filter(run -> run.startsWith(typed)).toList(), runs.size() < LOOKED_AT_MAX);
  }

  private Found memories(Caller caller, String typed, @Nullable UserId user, JsonNode chosen) {
    if (user == null) {
      return new Found(List.of(), true);
    }
    String run = text(chosen, "run_id");
    Selection.Runs runs =
        run == null ? new Selection.Runs.All() : new Selection.Runs.Only(new RunId(run));
    List<String> ids = new ArrayList<>();
    String cursor = null;
    int lookedAt = 0;
    do {
      ListMemories.Page page =
          engine
              .get()
              .listMemories()
              .list(caller, user, null, runs, ListMemories.LIMIT_MAX, cursor);
      page.memories().stream()
          .map(memory -> memory.id().toString())
          .filter(id -> id.startsWith(typed))
          .forEach(ids::add);
      lookedAt += ListMemories.LIMIT_MAX;
      cursor = page.nextCursor();
    } while (cursor != null && ids.size() <= VALUES_MAX && lookedAt < LOOKED_AT_MAX);
    return new Found(ids, cursor == null);
  }

  /// Whose ids are meant; null for somebody's whom this caller may not ask about.
  private static @Nullable UserId user(Caller caller, JsonNode chosen) {
    String named = text(chosen, "user_id");
    UserId user = named == null ? caller.user() : new UserId(named);
    return caller.mayAsk(user) ? user : null;
  }

  private static @Nullable String text(JsonNode chosen, String name) {
    JsonNode value = chosen.path(name);
    return value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
  }
}
