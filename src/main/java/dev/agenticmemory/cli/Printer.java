package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.io.PrintWriter;
import java.util.Locale;

/// Prints what tools answer, for people.
final class Printer {

  private final PrintWriter out;

  Printer(PrintWriter out) {
    this.out = out;
  }

  void json(ObjectNode answer) {
    out.println(Json.pretty(answer));
    out.flush();
  }

  /// One line a memory: its score or its event, its text, and below it where it belongs.
  void results(ObjectNode answer, String whenEmpty) {
    for (JsonNode result : answer.path("results")) {
      out.println(lead(result) + text(result.path("memory")));
      out.println("      " + Shown.of(details(result)));
    }
    if (answer.path("results").isEmpty()) {
      out.println(whenEmpty);
    }
    note(answer);
  }

  void history(ObjectNode answer) {
    for (JsonNode entry : answer.path("results")) {
      out.printf(
          "%s  %-6s  by %s: %s%n",
          entry.path("at").asText(),
          entry.path("event").asText(),
          text(entry.path("actor")),
          text(entry.path("reason")));
      line("  - ", entry.path("old_memory"));
      line("  + ", entry.path("new_memory"));
    }
    note(answer);
  }

  void say(String text) {
    out.println(text);
    out.flush();
  }

  private void note(ObjectNode answer) {
    if (answer.has("note")) {
      out.println("(" + answer.path("note").asText() + ")");
    }
    if (answer.has("next_cursor")) {
      out.println("(More: --cursor " + answer.path("next_cursor").asText() + ")");
    }
    out.flush();
  }

  private void line(String lead, JsonNode text) {
    if (!text.isMissingNode()) {
      out.println(lead + text(text));
    }
  }

  private static String text(JsonNode node) {
    return Shown.of(node.asText());
  }

  private static String lead(JsonNode result) {
    if (result.has("score")) {
      return String.format(Locale.ROOT, "%.2f  ", result.path("score").asDouble());
    }
    return result.has("event") ? String.format("%-5s ", result.path("event").asText()) : "-     ";
  }

  private static String details(JsonNode result) {
    StringBuilder details = new StringBuilder(result.path("id").asText());
    for (String name : new String[] {"memory_type", "category", "agent_id", "run_id", "reason"}) {
      if (result.has(name)) {
        details.append(" · ").append(result.path(name).asText());
      }
    }
    if (result.has("created_at")) {
      String when = result.path(result.has("observed_at") ? "observed_at" : "created_at").asText();
      details.append(" · ").append(when, 0, 10);
    }
    if (result.has("explanation")) {
      details.append(" · ").append(Json.print(result.path("explanation")));
    }
    return details.toString();
  }
}
