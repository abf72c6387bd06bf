package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.DeleteMemories;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.FilterJson;
import dev.agenticmemory.json.Json;
import java.util.List;
import java.util.function.Supplier;

/// The contract of the "Mem0 + Elasticsearch" server: `/v1/memories` and `/v2/memories/search`.
public final class Mem0Routes {

  private static final int TOP_K = 10;

  /// What a deletion may name. Anything else is refused: misspelt, it would delete more than meant.
  private static final List<String> SCOPE = List.of("user_id", "run_id", "agent_id");

  private final Supplier<Engine> engine;

  private Mem0Routes(Supplier<Engine> engine) {
    this.engine = engine;
  }

  public static List<Route> of(Supplier<Engine> engine) {
    Mem0Routes all = new Mem0Routes(engine);
    return List.of(
        new Route("POST", "/v1/memories", all::add),
        new Route("POST", "/v2/memories/search", all::search),
        new Route("DELETE", "/v1/memories", all::delete));
  }

  private ObjectNode add(Call call) {
    if (!call.arguments().has("messages") && !call.arguments().has("text")) {
      throw new InvalidInput(
          "messages", "is missing", "Pass the turns to remember, each with role and content.");
    }
    return Items.added(engine.get().addMemory().add(call.caller(), Adds.read(call)));
  }

  private ObjectNode search(Call call) {
    Arguments body = call.arguments();
    SearchRequest request =
        new SearchRequest(
            body.requiredText("query"),
            call.user(),
            body.agent(),
            call.runs(),
            body.integer("top_k", TOP_K, 1, SearchRequest.TOP_K_MAX),
            body.number("min_score", 0),
            FilterJson.read(body.object("filters")),
            null,
            body.flag("time_decay", false));
    List<Hit> hits = engine.get().searchMemories().search(call.caller(), request).hits();
    ObjectNode answer = Json.object();
    answer.set("results", Items.ofHits(hits));
    return Items.noted(answer, call, hits);
  }

  private ObjectNode delete(Call call) {
    return Json.object().put("status", "success").put("deleted", deleted(call));
  }

  private long deleted(Call call) {
    call.arguments().requireOnly(SCOPE);
    UserId user = call.arguments().user();
    RunId run = call.arguments().run();
    AgentId agent = call.arguments().agent();
    DeleteMemories delete = engine.get().deleteMemories();
    if (run != null) {
      return user == null && agent == null
          ? delete.byRunAlone(call.caller(), run)
          : delete.byRun(call.caller(), call.user(), run, agent, false);
    }
    if (agent != null) {
      throw new Problem(
          Problem.BAD_REQUEST,
          "agent_id needs run_id: memories of one agent are forgotten run by run. Pass run_id, or"
              + " leave agent_id out to forget all of the user.");
    }
    if (user == null) {
      throw new Problem(Problem.BAD_REQUEST, "Either user_id or run_id is required");
    }
    return delete.byUser(call.caller(), user, false);
  }
}
