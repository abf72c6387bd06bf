package dev.agenticmemory.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.engine.ListMemories;
import dev.agenticmemory.json.Json;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The commands that each call one tool. The options of the older command line work in them.
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class MemoryCommands {

  private MemoryCommands() {}

  /// One object a command.
  public static List<Object> all(Client client, Runs runs) {
    return List.of(
        new Add(client),
        new Search(client),
        new ListAll(client, runs),
        new RunsCommand(runs),
        new Get(client),
        new Update(client),
        new Delete(client),
        new History(client));
  }

  /// Whose memories.
  static final class Who {
    @Option(names = "--user", paramLabel = "ID", description = "Whose memories.")
    @Nullable String user;

    @Option(names = "--agent", paramLabel = "ID", description = "Which agent's.")
    @Nullable String agent;

    @Option(
        names = "--run",
        paramLabel = "ID",
        description = "Which run: a day YYYY-MM-DD or a session id. Without: long-term.")
    @Nullable String run;

    ObjectNode arguments() {
      ObjectNode arguments = Json.object();
      put(arguments, "user_id", user);
      put(arguments, "agent_id", agent);
      put(arguments, "run_id", run);
      return arguments;
    }
  }

  /// What all commands share.
  abstract static class Base implements Callable<Integer> {
    final Client client;

    @Spec CommandSpec spec;

    @Option(names = "--json", description = "Print the answer as JSON.")
    boolean json;

    Base(Client client) {
      this.client = client;
    }

    /// What was passed, by its place or by its option; null where it was not.
    @Nullable String either(@Nullable String placed, String option, @Nullable String named) {
      if (placed != null && named != null) {
        throw new InvalidInput(
            option, "is given, and \"%s\" as well".formatted(placed), "Leave one of them out.");
      }
      return placed == null ? named : placed;
    }

    Printer printer() {
      return new Printer(spec.commandLine().getOut());
    }

    int printResults(ObjectNode answer, String whenEmpty) {
      if (json) {
        printer().json(answer);
      } else {
        printer().results(answer, whenEmpty);
      }
      return 0;
    }
  }

  @Command(
      name = "add",
      description = "Remember a text or a conversation.",
      mixinStandardHelpOptions = true)
  static final class Add extends Base {
    @Mixin Who who;

    @Parameters(arity = "0..1", paramLabel = "TEXT", description = "What to remember.")
    @Nullable String positional;

    @Option(names = "--text", description = "What to remember.")
    @Nullable String text;

    @Option(names = "--messages", description = "A conversation, as a JSON array of messages.")
    @Nullable String messages;

    @Option(names = "--metadata", description = "A JSON object to keep with it.")
    @Nullable String metadata;

    @Option(names = "--category", description = "What kind of memory it is.")
    @Nullable String category;

    @Option(
        names = "--infer",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "Distil facts; --no-infer stores it word for word.")
    boolean infer;

    @Option(names = "--observed-at", description = "When it happened, ISO-8601.")
    @Nullable String observedAt;

    @Option(names = "--expires-at", description = "From when on it is forgotten, ISO-8601.")
    @Nullable String expiresAt;

    @Option(
        names = "--custom-extraction-prompt",
        paramLabel = "TEXT",
        description = "Takes the place of the prompt by which facts are extracted.")
    @Nullable String extractionPrompt;

    @Option(names = "--idempotency-key", description = "The same key again: stored once.")
    @Nullable String key;

    Add(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      ObjectNode arguments = who.arguments();
      String what = either(positional, "--text", text);
      if (what == null && messages == null) {
        throw new InvalidInput("TEXT", "is missing", "Pass what to remember, or --messages.");
      }
      put(arguments, "text", what);
      put(arguments, "category", category);
      put(arguments, "observed_at", observedAt);
      put(arguments, "expires_at", expiresAt);
      put(arguments, "idempotency_key", key);
      put(arguments, "custom_extraction_prompt", extractionPrompt);
      putJson(arguments, "messages", "--messages", messages);
      putJson(arguments, "metadata", "--metadata", metadata);
      arguments.put("infer", infer);
      return printResults(client.call("add_memory", arguments), "Nothing to remember.");
    }
  }

  @Command(
      name = "search",
      description = "Find memories by meaning and words.",
      mixinStandardHelpOptions = true)
  static final class Search extends Base {
    @Mixin Who who;

    @Parameters(arity = "0..1", paramLabel = "QUERY", description = "What to look for.")
    @Nullable String positional;

    @Option(names = "--query", description = "What to look for.")
    @Nullable String query;

    @Option(names = "--top-k", description = "How many results at most (1 to 100).")
    @Nullable Integer topK;

    @Option(names = "--min-score", description = "Leave out what is less relevant (0 to 1).")
    @Nullable Double minScore;

    @Option(names = "--combined", description = "Long-term and recent runs together.")
    boolean combined;

    @Option(names = "--recent-days", description = "How far back, with --combined.")
    @Nullable Integer recentDays;

    @Option(names = "--filters", description = "A JSON condition on metadata.")
    @Nullable String filters;

    @Option(names = "--as-of", description = "What was known at this time, ISO-8601.")
    @Nullable String asOf;

    @Option(names = "--time-decay", description = "Prefer newer memories.", negatable = true)
    @Nullable Boolean timeDecay;

    @Option(names = "--cursor", description = "Where the last answer to this query ended.")
    @Nullable String cursor;

    @Option(names = "--explain", description = "Show how each score came about.")
    boolean explain;

    Search(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      ObjectNode arguments = who.arguments();
      String what = either(positional, "--query", query);
      if (what == null) {
        throw new InvalidInput("QUERY", "is missing", "Pass what to look for.");
      }
      put(arguments, "query", what);
      put(arguments, "cursor", cursor);
      put(arguments, "as_of", asOf);
      putJson(arguments, "filters", "--filters", filters);
      arguments.put("explain", explain);
      if (topK != null) {
        arguments.put("top_k", topK);
      }
      if (minScore != null) {
        arguments.put("min_score", minScore);
      }
      if (recentDays != null) {
        arguments.put("recent_days", recentDays);
      }
      if (timeDecay != null) {
        arguments.put("time_decay", timeDecay);
      }
      return printResults(
          client.call(combined ? "search_combined" : "search_memory", arguments),
          "Nothing is remembered about this.");
    }
  }

  @Command(
      name = "list",
      description = "List memories, newest first.",
      mixinStandardHelpOptions = true)
  static final class ListAll extends Base {
    @Mixin Who who;

    @Option(names = "--limit", defaultValue = "20", description = "How many (1 to 100).")
    int limit;

    @Option(names = "--offset", defaultValue = "0", description = "How many to pass over.")
    int offset;

    @Option(names = "--cursor", description = "Where an earlier list ended.")
    @Nullable String cursor;

    private final Runs runs;

    ListAll(Client client, Runs runs) {
      super(client);
      this.runs = runs;
    }

    @Override
    public Integer call() {
      if (offset < 0) {
        throw new InvalidInput("--offset", "is " + offset, "Pass 0 or more.");
      }
      String from = cursor;
      int left = offset;
      while (left > 0) {
        int step = Math.min(left, ListMemories.LIMIT_MAX);
        JsonNode next = page(step, from).path("next_cursor");
        if (next.isMissingNode()) {
          return printResults(Json.object(), "No more memories.");
        }
        from = next.asText();
        left -= step;
      }
      ObjectNode answer = page(limit, from);
      return printResults(answer, answer.path("results").isEmpty() ? nothing() : "");
    }

    /// Who looks in long-term memory may have been remembered in runs.
    private String nothing() {
      int count = who.run == null ? runs.of(who.user).size() : 0;
      return count == 0
          ? "Nothing is remembered here."
          : "Nothing is in long-term memory. %d runs have memories: see `runs`, then list --run ID."
              .formatted(count);
    }

    private ObjectNode page(int size, @Nullable String from) {
      ObjectNode arguments = who.arguments().put("limit", size);
      put(arguments, "cursor", from);
      return client.call("list_memories", arguments);
    }
  }

  /// A command on one memory.
  abstract static class OnOne extends Base {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "Which memory.")
    @Nullable String positional;

    @Option(names = "--id", description = "Which memory.")
    @Nullable String id;

    OnOne(Client client) {
      super(client);
    }

    ObjectNode arguments() {
      String which = either(positional, "--id", id);
      if (which == null) {
        throw new InvalidInput("ID", "is missing", "Pass which memory; search and list show ids.");
      }
      return Json.object().put("memory_id", which);
    }

    int printOne(ObjectNode memory) {
      if (json) {
        printer().json(memory);
        return 0;
      }
      ObjectNode answer = Json.object();
      answer.putArray("results").add(memory);
      return printResults(answer, "");
    }
  }

  @Command(name = "get", description = "Show one memory.", mixinStandardHelpOptions = true)
  static final class Get extends OnOne {
    Get(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      return printOne(client.call("get_memory", arguments()));
    }
  }

  @Command(name = "update", description = "Change one memory.", mixinStandardHelpOptions = true)
  static final class Update extends OnOne {
    @Option(names = "--text", description = "The new text.")
    @Nullable String text;

    @Option(names = "--metadata", description = "A JSON object to lay over the metadata.")
    @Nullable String metadata;

    Update(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      ObjectNode arguments = arguments();
      put(arguments, "text", text);
      putJson(arguments, "metadata", "--metadata", metadata);
      return printOne(client.call("update_memory", arguments));
    }
  }

  @Command(
      name = "delete",
      description = "Forget one memory (ID), a run (--run), or all of a user (--user with --all).",
      mixinStandardHelpOptions = true)
  static final class Delete extends OnOne {
    @Mixin Who who;

    @Option(names = "--all", description = "All memories of --user.")
    boolean all;

    @Option(names = "--dry-run", description = "Only count.")
    boolean dryRun;

    Delete(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      ObjectNode answer = delete();
      if (json) {
        printer().json(answer);
      } else {
        printer()
            .say((dryRun ? "Would forget: " : "Forgotten: ") + answer.path("deleted").asText());
      }
      return 0;
    }

    private ObjectNode delete() {
      boolean one = id != null || positional != null;
      if (one && !all && who.run == null && who.user == null && who.agent == null) {
        if (dryRun) {
          throw new InvalidInput("--dry-run", "counts only runs and users", "Leave it out.");
        }
        return client.call("delete_memory", arguments());
      }
      ObjectNode arguments = who.arguments().put("dry_run", dryRun);
      if (!one && !all && who.run != null) {
        return client.call("delete_by_run_id", arguments);
      }
      if (!one && all && who.run == null && who.agent == null && who.user != null) {
        return client.call("delete_by_user_id", arguments);
      }
      throw new InvalidInput(
          "delete",
          "needs one thing to forget",
          "Pass an id, or --run, or --user together with --all.");
    }
  }

  @Command(
      name = "history",
      description = "Show how one memory came about and changed.",
      mixinStandardHelpOptions = true)
  static final class History extends OnOne {
    History(Client client) {
      super(client);
    }

    @Override
    public Integer call() {
      ObjectNode answer = client.call("memory_history", arguments());
      if (json) {
        printer().json(answer);
      } else {
        printer().history(answer);
      }
      return 0;
    }
  }

  private static void put(ObjectNode arguments, String name, @Nullable String value) {
    if (value != null) {
      arguments.put(name, value);
    }
  }

  private static void putJson(
      ObjectNode arguments, String name, String option, @Nullable String value) {
    if (value == null) {
      return;
    }
    try {
      JsonNode node = Json.parse(value);
      // Some callers of the older command line quote one message without the array.
      boolean wrap = name.equals("messages") && node.isObject();
      arguments.set(name, wrap ? Json.array().add(node) : node);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          option, "is not JSON: " + e.getOriginalMessage(), "Quote it for the shell.");
    }
  }
}
