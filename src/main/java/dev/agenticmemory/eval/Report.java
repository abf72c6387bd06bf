package dev.agenticmemory.eval;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What an evaluation measured.
///
/// @param dataset its name
/// @param settings what made the figures
/// @param turns how many memories were stored
/// @param systems for each way to rank, the measures by category; the category `all` is the mean
///   over all questions
/// @param questions how many questions each category has
/// @param rejections what each `min_score` keeps and rejects
public record Report(
    String dataset,
    Map<String, String> settings,
    int turns,
    Map<String, Map<String, Measures>> systems,
    Map<String, Integer> questions,
    List<Rejection> rejections) {

  /// What one `min_score` does. Shares in [0, 1], NaN where there is nothing to count.
  ///
  /// @param kept share of the evidence among the first ten that scores as much or more
  /// @param foreign share of the questions about another conversation that find nothing
  /// @param unanswerable share of the questions without an answer that find nothing
  record Rejection(double minScore, double kept, double foreign, double unanswerable) {}

  static final String ALL = "all";

  public ObjectNode json() {
    ObjectNode root = Json.object().put("dataset", dataset).put("memories", turns);
    ObjectNode set = root.putObject("settings");
    settings.forEach(set::put);
    ObjectNode asked = root.putObject("questions");
    questions.forEach(asked::put);
    ObjectNode measured = root.putObject("measures");
    systems.forEach((system, categories) -> {
      ObjectNode node = measured.putObject(system);
      categories.forEach((category, measures) -> node.set(category, json(measures)));
    });
    ArrayNode array = root.putArray("rejection");
    for (Rejection one : rejections) {
      ObjectNode node = array.addObject();
      put(node, "min_score", one.minScore);
      put(node, "kept", one.kept);
      put(node, "foreign_rejected", one.foreign);
      put(node, "unanswerable_rejected", one.unanswerable);
    }
    return root;
  }

  private static ObjectNode json(Measures measures) {
    ObjectNode node = Json.object();
    put(node, "recall_5", measures.recall5());
    put(node, "recall_10", measures.recall10());
    put(node, "hit_5", measures.hit5());
    put(node, "hit_10", measures.hit10());
    put(node, "mrr", measures.mrr());
    put(node, "ndcg_10", measures.ndcg10());
    return node;
  }

  private static void put(ObjectNode node, String name, double value) {
    if (!Double.isNaN(value)) {
      node.put(name, Math.round(value * 10_000) / 10_000.0);
    }
  }

  /// For people, in percent.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("%s, %,d memories, %,d questions".formatted(dataset, turns, questions.get(ALL)));
    settings.forEach((name, value) -> lines.add("  %s: %s".formatted(name, value)));
    for (String category : questions.keySet()) {
      lines.add("");
      lines.add(
          "%-28s %5s %6s %6s %6s %6s %6s %8s"
              .formatted(
                  category + " (" + questions.get(category) + ")",
                  "",
                  "R@5",
                  "R@10",
                  "hit@5",
                  "hit@10",
                  "MRR",
                  "nDCG@10"));
      systems.forEach((system, categories) -> {
        Measures measures = categories.get(category);
        if (measures != null) {
          lines.add(line(system, measures));
        }
      });
    }
    lines.add("");
    lines.add("min_score   right hits kept   foreign rejected   unanswerable rejected");
    rejections.forEach(one ->
        lines.add(
            String.format(
                Locale.ROOT,
                "%9.2f   %15.1f   %16.1f   %21.1f",
                one.minScore,
                100 * one.kept,
                100 * one.foreign,
                100 * one.unanswerable)));
    return lines;
  }

  private static String line(String system, Measures m) {
    return String.format(
        Locale.ROOT,
        "  %-32s %6.1f %6.1f %6.1f %6.1f %6.1f %8.1f",
        system,
        100 * m.recall5(),
        100 * m.recall10(),
        100 * m.hit5(),
        100 * m.hit10(),
        100 * m.mrr(),
        100 * m.ndcg10());
  }
}
