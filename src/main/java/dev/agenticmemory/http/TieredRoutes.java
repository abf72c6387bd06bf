package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Added;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Found;
import dev.agenticmemory.engine.Hit;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.engine.OneMemory;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.FilterJson;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The contract of the tiered memory service: `/memory/…`.
public final class TieredRoutes {

  private static final int TOP_K = 5;
  private static final int RECENT_DAYS = 3;
  private static final int RECENT_DAYS_MAX = 30;
  private static final int LIST_LIMIT = 100;

  private final Supplier<Engine> engine;

  private TieredRoutes(Supplier<Engine> engine) {
    this.engine = engine;
  }

  public static List<Route> of(Supplier<Engine> engine) {
    TieredRoutes all = new TieredRoutes(engine);
    // The fixed paths before the one that any id fits.
    return List.of(
        new Route("POST", "/memory/add", all::add),
        new Route("POST", "/memory/dream", all::dream),
        new Route("POST", "/memory/search", all::search),
        new Route("GET", "/memory/search", all::recall),
        new Route("POST", "/memory/search_combined", all::searchCombined),
        new Route("GET", "/memory/list", all::list),
        new Route("PUT", "/memory/update", all::update),
        new Route("GET", "/memory/history/{id}", all::history),
        new Route("GET", "/memory/{id}", all::get),
        new Route("DELETE", "/memory/{id}", all::delete));
  }

  private ObjectNode add(Call call) {
    Arguments body = call.arguments();
    ArrayNode messages = body.array("messages");
    String text = body.text("text");
    if ((messages == null || messages.isEmpty()) && (text == null || text.isBlank())) {
      throw new Problem(Problem.BAD_REQUEST, "Either 'messages' or 'text' is required");
    }
    Added added = engine.get().addMemory().add(call.caller(), Adds.read(call));
    ObjectNode answer = ok();
    answer.set("result", Items.added(added));
    answer.set("token_usage", Items.usage(added.usage()));
    return answer;
  }

  private ObjectNode dream(Call call) {
    String prompt = call.arguments().text("custom_extraction_prompt");
    if (prompt == null || prompt.isBlank()) {
      throw new Problem(Problem.BAD_REQUEST, "'custom_extraction_prompt' is required");
    }
    return add(call);
  }

  private ObjectNode search(Call call) {
    Arguments body = call.arguments();
    Found found =
        engine
            .get()
            .searchMemories()
            .search(call.caller(), request(call, call.runs(), topK(body, "top_k", TOP_K), null));
    ObjectNode answer = ok();
    answer.putObject("results").set("results", Items.ofHits(found.hits()));
    return Items.noted(answer, call, found.hits());
  }

  /// What OpenClaw's plugin of that service calls before each turn.
  private ObjectNode recall(Call call) {
    Arguments query = call.arguments();
    int topK = topK(query, "limit", topK(query, "top_k", TOP_K));
    Found found =
        engine.get().searchMemories().search(call.caller(), request(call, call.runs(), topK, null));
    ObjectNode answer = ok();
    answer.set("results", Items.ofHits(found.hits()));
    return Items.noted(answer, call, found.hits());
  }

  private ObjectNode searchCombined(Call call) {
    Arguments body = call.arguments();
    int topK = topK(body, "top_k", TOP_K);
    int days = body.integer("recent_days", RECENT_DAYS, 1, RECENT_DAYS_MAX);
    Selection.Runs runs = engine.get().searchMemories().recent(days);
    boolean apart = body.has("long_term_top_k") || body.has("short_term_top_k");
    List<Hit> hits =
        apart
            ? apart(
                call,
                runs,
                topK(body, "long_term_top_k", topK),
                topK(body, "short_term_top_k", topK))
            : engine
                .get()
                .searchMemories()
                .search(call.caller(), request(call, runs, topK, null))
                .hits();
    ObjectNode answer = ok();
    answer.set("results", Items.ofHits(hits));
    return Items.noted(answer, call, hits);
  }

  /// The best hits, with a limit for each tier.
  private List<Hit> apart(Call call, Selection.Runs runs, int longTerm, int shortTerm) {
    List<Hit> hits = new ArrayList<>();
    int longLeft = longTerm;
    int shortLeft = shortTerm;
    String cursor = null;
    do {
      Found found =
          engine
              .get()
              .searchMemories()
              .search(call.caller(), request(call, runs, SearchRequest.TOP_K_MAX, cursor));
      for (Hit hit : found.hits()) {
        boolean isShort = hit.memory().scope().run() != null;
        if (isShort ? shortLeft-- > 0 : longLeft-- > 0) {
          hits.add(hit);
        }
      }
      cursor = found.nextCursor();
    } while (cursor != null && (longLeft > 0 || shortLeft > 0));
    return hits;
  }

  private static SearchRequest request(
      Call call, Selection.Runs runs, int topK, @Nullable String cursor) {
    Arguments arguments = call.arguments();
    return new SearchRequest(
        arguments.requiredText("query"),
        call.user(),
        arguments.agent(),
        runs,
        topK,
        arguments.number("min_score", 0),
        FilterJson.read(arguments.object("filters")),
        null,
        arguments.flag("time_decay", true),
        cursor);
  }

  private static int topK(Arguments arguments, String name, int fallback) {
    return arguments.integer(name, fallback, 1, SearchRequest.TOP_K_MAX);
  }

  private ObjectNode list(Call call) {
    Arguments query = call.arguments();
    ListMemories.Slice slice =
        engine
            .get()
            .listMemories()
            .slice(
                call.caller(),
                call.user(),
                query.agent(),
                call.runs(),
                query.integer("limit", LIST_LIMIT, 1, ListMemories.SLICE_MAX),
                query.integer("offset", 0, 0, Integer.MAX_VALUE));
    ObjectNode answer = ok();
    answer.set("results", Items.ofMemories(slice.memories()));
    return answer.put("total", slice.total());
  }

  private ObjectNode get(Call call) {
    ObjectNode answer = ok();
    answer.set(
        "result", Items.memory(engine.get().oneMemory().get(call.caller(), call.memoryId())));
    return answer;
  }

  private ObjectNode update(Call call) {
    Arguments body = call.arguments();
    MemoryId id = Call.memoryId(body.requiredText("memory_id"));
    if (!body.has("text") && !body.has("metadata")) {
      throw new InvalidInput("text", "is missing", "Pass the new text, or metadata to lay over.");
    }
    OneMemory.Updated updated =
        engine.get().oneMemory().update(call.caller(), id, body.text("text"), body.metadata());
    ObjectNode answer = ok();
    ObjectNode result = answer.putObject("result").put("message", "Memory updated successfully!");
    if (updated.note() != null) {
      result.put("note", updated.note());
    }
    return answer;
  }

  private ObjectNode delete(Call call) {
    call.arguments().requireOnly(List.of());
    MemoryId id = call.memoryId();
    engine.get().oneMemory().delete(call.caller(), id);
    return ok().put("deleted", id.toString());
  }

  private ObjectNode history(Call call) {
    ObjectNode answer = ok();
    answer.set(
        "history",
        Items.ofHistory(engine.get().oneMemory().history(call.caller(), call.memoryId())));
    return answer;
  }

  private static ObjectNode ok() {
    return Json.object().put("status", "ok");
  }
}
