package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Ingests;
import dev.agenticmemory.engine.Job;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.engine.Reports;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Stats;
import java.util.Optional;
import java.util.function.Supplier;

/// Memories as resources: what a person can pick from a client's menu.
final class Resources {

  private static final String JSON = "application/json";

  private final Supplier<Engine> engine;

  Resources(Supplier<Engine> engine) {
    this.engine = engine;
  }

  /// The resources with a fixed address: those of the caller's own user.
  ArrayNode list(Caller caller) {
    ArrayNode resources = Json.array();
    UserId user = caller.user();
    add(resources, "memory://stats", "stats", "How much is remembered", "Counts of memories.");
    add(
        resources,
        "memory://jobs",
        "jobs",
        "Digest, sync and dream",
        "When each job is due, and what its last run did.");
    add(
        resources,
        Address.ofLongTerm(user),
        "long-term",
        "Long-term memory of " + user,
        "The newest long-term memories.");
    add(
        resources,
        Address.ofRuns(user),
        "runs",
        "Runs of " + user,
        "The runs (days, sessions) that have short-term memories.");
    return resources;
  }

  ArrayNode templates() {
    ArrayNode templates = Json.array();
    template(templates, "jobs/{job}", "job", "One job", "What digest, sync or dream did of late.");
    template(
        templates,
        "users/{user_id}/long-term",
        "user-long-term",
        "Long-term memory of a user",
        "The newest long-term memories.");
    template(
        templates,
        "users/{user_id}/runs",
        "user-runs",
        "Runs of a user",
        "The runs (days, sessions) that have short-term memories.");
    template(
        templates,
        "users/{user_id}/runs/{run_id}",
        "user-run",
        "One run of a user",
        "The short-term memories of a day or session.");
    template(
        templates, "memories/{memory_id}", "memory", "One memory", "One memory with all its data.");
    template(
        templates,
        "memories/{memory_id}/history",
        "memory-history",
        "History of a memory",
        "How one memory came about and changed.");
    return templates;
  }

  /// The contents of a resource; empty where this caller has none of that address.
  Optional<ArrayNode> read(Caller caller, String uri) {
    try {
      return Address.parse(uri).map(address -> contents(uri, content(caller, address)));
    } catch (NotFound | Forbidden _) {
      return Optional.empty(); // What is not there and what is another's look the same.
    }
  }

  /// Whether this caller may follow a resource of that address, there or not.
  boolean mayFollow(Caller caller, String uri) {
    return Address.parse(uri)
        .filter(_ -> caller.may(Right.READ))
        .map(address ->
            switch (address) {
              case Address.Stats(), Address.Jobs(), Address.OneJob _ -> true;
              case Address.LongTerm(UserId user) -> caller.mayAsk(user);
              case Address.Runs(UserId user) -> caller.mayAsk(user);
              case Address.Run(UserId user, RunId _) -> caller.mayAsk(user);
              case Address.One _, Address.History _ -> read(caller, uri).isPresent();
            })
        .orElse(false);
  }

  private ObjectNode content(Caller caller, Address address) {
    return switch (address) {
      case Address.Stats() -> stats(caller);
      case Address.Jobs() -> jobs(caller);
      case Address.OneJob(Job job) -> reports(caller, job);
      case Address.LongTerm(UserId user) -> page(caller, user, new Selection.Runs.LongTerm());
      case Address.Runs(UserId user) -> runs(caller, user);
      case Address.Run(UserId user, RunId run) -> page(caller, user, new Selection.Runs.Only(run));
      case Address.One(MemoryId id) -> Items.whole(engine.get().oneMemory().get(caller, id));
      case Address.History(MemoryId id) ->
          Items.ofHistory(engine.get().oneMemory().history(caller, id));
    };
  }

  private ObjectNode stats(Caller caller) {
    Stats stats = engine.get().inspect().stats(caller);
    ObjectNode answer = Json.object();
    Usage usage = Ingests.sum(engine.get().ingests().usage(caller));
    if (usage.calls() > 0) {
      answer
          .putObject("token_usage")
          .put("llm_calls", usage.calls())
          .put("input_tokens", usage.input())
          .put("output_tokens", usage.output())
          .put("total_tokens", usage.total());
    }
    return answer
        .put("long_term", stats.longTerm())
        .put("short_term", stats.shortTerm())
        .put("users", stats.users())
        .put("embedding_model", engine.get().inspect().space().model())
        .put("dimensions", engine.get().inspect().space().dimensions());
  }

  /// Reports are about all users, and name files.
  private ObjectNode jobs(Caller caller) {
    caller.require(Right.ADMIN);
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    Reports reports = engine.get().reports();
    for (Job job : Job.values()) {
      ObjectNode one = results.addObject().put("job", job.word());
      reports.due(job).ifPresent(due -> one.put("due", due.toString()));
      reports.last(job, 1).forEach(report -> one.set("last", report.json()));
      one.put("uri", Address.SCHEME + "jobs/" + job.word());
    }
    return answer;
  }

  private ObjectNode reports(Caller caller, Job job) {
    caller.require(Right.ADMIN);
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    engine.get().reports().last(job, Reports.KEPT).forEach(r -> results.add(r.json()));
    return answer;
  }

  private ObjectNode page(Caller caller, UserId user, Selection.Runs runs) {
    ListMemories.Page page =
        engine.get().listMemories().list(caller, user, null, runs, ListMemories.LIMIT_MAX, null);
    ObjectNode answer = Items.ofMemories(page.memories());
    if (page.nextCursor() != null) {
      answer.put("next_cursor", page.nextCursor());
      answer.put("more", "Call list_memories with next_cursor as cursor for the rest.");
    }
    return answer;
  }

  private ObjectNode runs(Caller caller, UserId user) {
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    for (RunSummary run : engine.get().inspect().runs(caller, user)) {
      results
          .addObject()
          .put("run_id", run.run().value())
          .put("memories", run.memories())
          .put("latest", run.latest().toString())
          .put("uri", Address.ofRun(user, run.run()));
    }
    return answer;
  }

  private static ArrayNode contents(String uri, JsonNode content) {
    ArrayNode contents = Json.array();
    contents.addObject().put("uri", uri).put("mimeType", JSON).put("text", Json.pretty(content));
    return contents;
  }

  private static void add(
      ArrayNode resources, String uri, String name, String title, String description) {
    describe(resources.addObject().put("uri", uri), name, title, description);
  }

  private static void template(
      ArrayNode templates, String path, String name, String title, String description) {
    describe(
        templates.addObject().put("uriTemplate", Address.SCHEME + path), name, title, description);
  }

  private static void describe(ObjectNode node, String name, String title, String description) {
    node.put("name", name)
        .put("title", title)
        .put("description", description)
        .put("mimeType", JSON);
  }
}
