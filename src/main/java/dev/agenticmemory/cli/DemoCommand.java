package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `agentic-memory demo`: plays two sessions of a real client with the real stdio server, each in a
/// process of its own, and shows them. The memories are in a temporary folder, and gone after.
@Command(
    name = "demo",
    description = "Show a real MCP session with the real server, in half a minute.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class DemoCommand implements Callable<Integer> {

  /// What two people said to their assistant, with who said it.
  private static final String[][] CONVERSATION = {
    {"user", "We finally moved last weekend. The new flat is in Lisbon, close to the river."},
    {"assistant", "Congratulations! How is the place?"},
    {
      "user",
      "Bright, but the water is so hard that the kettle is white already. I want a softener."
    },
    {"user", "Also, I can't have dairy any more, the doctor says I am lactose intolerant."},
    {"assistant", "Noted. Shall I look for recipes without milk?"},
    {"user", "Yes please. For the launch we decided to go with Postgres and drop the Mongo idea."},
    {"user", "Mia starts school in September, so no travel in the first two weeks of it."},
    {"user", "我每天早上六点跑步，喜欢在河边听音乐。"},
    {"user", "My Norwegian forest cat is called Fjord and he hates the vacuum cleaner."},
    {"assistant", "Fjord sounds like a character."},
  };

  private static final String[] QUESTIONS = {
    "which database did we choose?",
    "what food should I avoid giving her?",
    "where do they live now?",
    "name of the pet",
    "跑步",
  };

  private final List<String> command;
  private final Clock clock;

  @Spec CommandSpec spec;

  /// For a program that is started by `command`.
  public DemoCommand(List<String> command, Clock clock) {
    this.command = command;
    this.clock = clock;
  }

  @Override
  public Integer call() throws Exception {
    return Folders.temporary(home -> {
      remember(home);
      recall(home);
      say("");
      say("That was the real server over standard input and output. To give it to your agent:");
      say("see \"Connect a client\" in README.md.");
      return 0;
    });
  }

  private void remember(Path home) throws IOException {
    title("Session 1: a client starts the server and hands over a conversation");
    try (StdioClient client = new StdioClient(command, home)) {
      say("initialize answered after " + client.startToInitialized().toMillis() + " ms");
      JsonNode tools = client.request("tools/list", Json.object()).path("tools");
      List<String> names = new ArrayList<>();
      tools.forEach(tool -> names.add(tool.path("name").asText()));
      say(names.size() + " tools: " + String.join(", ", names));
      ObjectNode arguments = Json.object().put("run_id", today()).put("infer", false);
      ArrayNode messages = arguments.putArray("messages");
      for (String[] turn : CONVERSATION) {
        messages.addObject().put("role", turn[0]).put("content", turn[1]);
      }
      JsonNode added = timed("add_memory", "10 turns", client, arguments);
      for (JsonNode result : added.path("results")) {
        say("   %-5s %s".formatted(result.path("event").asText(), result.path("memory").asText()));
      }
      ObjectNode fact = Json.object().put("text", "The launch is planned for 1 June 2026.");
      JsonNode one = timed("add_memory", "one long-term fact", client, fact);
      String id = one.path("results").path(0).path("id").asText();
      ObjectNode change = Json.object().put("memory_id", id);
      change.put("text", "The launch has moved to 15 June 2026.");
      timed("update_memory", "it moved", client, change);
    }
  }

  private void recall(Path home) throws IOException {
    title("Session 2: another process, later; nothing was said twice");
    try (StdioClient client = new StdioClient(command, home)) {
      for (String question : QUESTIONS) {
        ObjectNode arguments = Json.object().put("query", question).put("top_k", 2);
        show(timed("search_combined", "\"" + question + "\"", client, arguments));
      }
      ObjectNode launch = Json.object().put("query", "when is the launch?").put("top_k", 1);
      JsonNode found = timed("search_memory", "\"when is the launch?\"", client, launch);
      show(found);
      ObjectNode id = Json.object();
      id.set("memory_id", found.path("results").path(0).path("id"));
      for (JsonNode entry : timed("memory_history", "of that", client, id).path("results")) {
        say(
            "   %-6s → %s"
                .formatted(entry.path("event").asText(), entry.path("new_memory").asText()));
      }
      ObjectNode run = Json.object().put("run_id", today());
      JsonNode deleted = timed("delete_by_run_id", today(), client, run);
      say("   " + deleted.path("deleted").asInt() + " memories forgotten, from the disk too");
    }
  }

  private String today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
  }

  private JsonNode timed(String tool, String what, StdioClient client, ObjectNode arguments)
      throws IOException {
    long start = System.nanoTime();
    JsonNode answer = client.call(tool, arguments);
    double millis = (System.nanoTime() - start) / 1e6;
    say(String.format(Locale.ROOT, "→ %s %s  (%.1f ms)", tool, what, millis));
    return answer;
  }

  private void show(JsonNode found) {
    for (JsonNode result : found.path("results")) {
      say(
          String.format(
              Locale.ROOT,
              "   %.2f  %s  [%s]",
              result.path("score").asDouble(),
              result.path("memory").asText(),
              result.path("memory_type").asText()));
    }
  }

  private void title(String text) {
    say("");
    say(text);
    say("─".repeat(text.length()));
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
