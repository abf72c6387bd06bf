package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.search.Cluster.Search;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The store as it was when the head had one revision: what is asked here is answered as of that,
/// whatever is written meanwhile.
final class Snapshot {

  /// Documents of one answer. Servers refuse more than 10,000.
  static final int PAGE = 2_000;

  private final Cluster cluster;
  private final Catalog catalog;
  private final Head head;

  Snapshot(Cluster cluster, Catalog catalog, Head head) {
    this.cluster = cluster;
    this.catalog = catalog;
    this.head = head;
  }

  Head head() {
    return head;
  }

  Catalog catalog() {
    return catalog;
  }

  /// The revision that a change set decided here makes.
  long next() {
    return head.revision() + 1;
  }

  // What counts.

  /// Documents of `query` that count, superseded and retired ones included.
  ObjectNode counting(ObjectNode query) {
    List<ObjectNode> parts = new ArrayList<>();
    parts.add(query);
    parts.add(Dsl.range("born", "lte", head.revision()));
    parts.add(Dsl.not(Dsl.range("gone", "lte", head.revision())));
    Head.Erasing erasing = head.erasing();
    if (erasing != null) {
      parts.add(
          Dsl.not(
              Dsl.all(
                  Selections.query(erasing.extent()),
                  Dsl.not(Records.kind(Records.HISTORY)),
                  Dsl.not(Records.kind(Records.SEAL)),
                  Dsl.range("born", "lt", erasing.revision()))));
    }
    return Dsl.all(parts);
  }

  /// States of `query` that are live, expired or not.
  ObjectNode live(ObjectNode query) {
    return counting(Dsl.all(query, Dsl.not(Dsl.range("closed", "lte", head.revision()))));
  }

  /// States that `selection` asks for.
  ObjectNode selected(Selection selection) {
    ObjectNode query = Selections.query(selection);
    return switch (selection.moment()) {
      case Selection.Moment.Live(Instant now) -> live(Dsl.all(query, Selections.unexpired(now)));
      case Selection.Moment.AsOf(Instant at) ->
          counting(Dsl.all(query, validAt(at), Selections.unexpired(at)));
    };
  }

  private ObjectNode validAt(Instant at) {
    long millis = at.toEpochMilli();
    return Dsl.all(
        Dsl.range("from", "lte", millis),
        Dsl.not(
            Dsl.all(
                Dsl.range("closed", "lte", head.revision()), Dsl.range("until", "lte", millis))));
  }

  // Questions.

  Search memories(@Nullable String routing, ObjectNode body) {
    return new Search(catalog.memories(), routing, States.withoutPassages(body));
  }

  Search records(ObjectNode body) {
    return new Search(catalog.records(), null, body);
  }

  List<JsonNode> ask(List<Search> searches) {
    return searches.isEmpty() ? List.of() : cluster.search(searches);
  }

  JsonNode ask(Search search) {
    return cluster.search(List.of(search)).getFirst();
  }

  /// The sources of the documents that a search found.
  static List<ObjectNode> sources(JsonNode answer) {
    List<ObjectNode> sources = new ArrayList<>();
    answer.path("hits").path("hits").forEach(hit -> sources.add((ObjectNode) hit.path("_source")));
    return sources;
  }

  /// All documents that the searches ask for, however many there are, each search's by themselves.
  /// The searches must not be sorted yet.
  List<List<ObjectNode>> all(List<Search> searches) {
    List<Search> sorted =
        searches.stream()
            .map(one ->
                new Search(
                    one.index(),
                    one.routing(),
                    Dsl.sort(one.body().deepCopy().put("size", PAGE), "doc", "asc")))
            .toList();
    List<JsonNode> answers = ask(sorted);
    List<List<ObjectNode>> all = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      List<ObjectNode> found = new ArrayList<>(sources(answers.get(i)));
      JsonNode page = answers.get(i);
      while (isFull(page)) {
        page = ask(after(sorted.get(i), page));
        found.addAll(sources(page));
      }
      all.add(found);
    }
    return all;
  }

  List<ObjectNode> all(Search search) {
    return all(List.of(search)).getFirst();
  }

  private static boolean isFull(JsonNode answer) {
    return answer.path("hits").path("hits").size() == PAGE;
  }

  /// The same search, from the last document of `page` on.
  static Search after(Search search, JsonNode page) {
    JsonNode hits = page.path("hits").path("hits");
    ObjectNode body = search.body().deepCopy();
    body.set("search_after", hits.path(hits.size() - 1).path("sort"));
    return new Search(search.index(), search.routing(), body);
  }

  long count(Search search) {
    ObjectNode body = search.body().deepCopy().put("size", 0).put("track_total_hits", true);
    return total(ask(new Search(search.index(), search.routing(), body)));
  }

  /// How many values a field has in the records of `query` that count.
  long distinct(String field, ObjectNode query) {
    ObjectNode sources = Dsl.one(field, Dsl.one("terms", Dsl.one("field", field)));
    ObjectNode groups = Dsl.object().put("size", PAGE);
    groups.putArray("sources").add(sources);
    long distinct = 0;
    while (true) {
      ObjectNode body = Dsl.search(counting(query), 0);
      body.putObject("aggs").set("groups", Dsl.one("composite", groups));
      JsonNode page = ask(records(body)).path("aggregations").path("groups");
      distinct += page.path("buckets").size();
      if (!page.has("after_key")) {
        return distinct;
      }
      groups.set("after", page.path("after_key"));
    }
  }

  static long total(JsonNode answer) {
    return answer.path("hits").path("total").path("value").asLong();
  }
}
