package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Occurrences;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.search.Cluster.Search;
import dev.agenticmemory.store.search.SearchServer.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One search for candidates, in three rounds: the nearest by meaning, what happened at the time,
/// the best by words and how common these are; the neighbours of what was found; and the cosines of
/// what was not found by meaning.
final class CandidateSearch {

  /// Of each shard so many passages are compared at least, where the graph does not reach all.
  private static final int VISITED_MIN = 500;

  private static final int VISITED_PER_WANTED = 5;
  private static final int VISITED_MAX = 10_000;

  /// Neighbours of a neighbour's neighbour are needed too.
  private static final int AROUND = 4;

  private final SearchServer server;
  private final Snapshot snapshot;
  private final Query query;
  private final Matches matches;
  private final ObjectNode selected;
  private final @Nullable String routing;
  private final Map<String, ObjectNode> chosen = new LinkedHashMap<>();
  private final Map<String, Double> cosines = new HashMap<>();
  private final Map<String, NavigableMap<MemoryId, ObjectNode>> strands = new HashMap<>();

  CandidateSearch(SearchServer server, Snapshot snapshot, Selection selection, Query query) {
    this.server = server;
    this.snapshot = snapshot;
    this.query = query;
    matches = new Matches(query);
    selected = snapshot.selected(selection);
    routing = Selections.routing(selection);
  }

  Candidates candidates() {
    List<Search> searches = new ArrayList<>();
    searches.add(snapshot.memories(routing, overview()));
    if (query.choosing() > 0) {
      searches.add(snapshot.memories(routing, byWords()));
    }
    if (!query.times().isEmpty()) {
      searches.add(snapshot.memories(routing, byTime()));
    }
    Embedding embedding = query.embedding();
    if (embedding != null) {
      searches.add(snapshot.memories(routing, byMeaning(embedding, query.limit(), selected)));
    }
    List<JsonNode> answers = snapshot.ask(searches);
    for (JsonNode answer : answers.subList(1, answers.size())) {
      Snapshot.sources(answer).forEach(this::choose);
    }
    if (embedding != null) {
      addCosines(answers.getLast());
    }
    addNeighbours();
    if (embedding != null) {
      addMissingCosines(embedding);
    }
    return candidates(answers.getFirst());
  }

  private void choose(ObjectNode state) {
    chosen.put(state.path("doc").asText(), state);
  }

  /// How many are selected, how long they are, and in how many each term occurs.
  private ObjectNode overview() {
    ObjectNode body = Dsl.search(selected, 0).put("track_total_hits", true);
    ObjectNode aggregations = body.putObject("aggs");
    aggregations.set("length", Dsl.one("sum", Dsl.one("field", "length")));
    if (!query.terms().isEmpty()) {
      ArrayNode filters = Json.array();
      query.terms().forEach(term -> filters.add(Dsl.term("words", term)));
      aggregations.set("terms", Dsl.one("filters", Dsl.one("filters", filters)));
    }
    return body;
  }

  private ObjectNode byWords() {
    List<ObjectNode> words =
        query.terms().subList(0, query.choosing()).stream()
            .map(term -> Dsl.term("words", term))
            .toList();
    ObjectNode any = Dsl.any(words);
    ((ObjectNode) any.path("bool")).putArray("filter").add(selected);
    return withFields(Dsl.search(any, query.limit()));
  }

  private ObjectNode byTime() {
    ObjectNode then =
        Dsl.all(selected, Dsl.any(query.times().stream().map(CandidateSearch::within).toList()));
    Embedding embedding = query.embedding();
    return embedding == null
        ? withFields(Dsl.sort(Dsl.search(then, query.limit()), "created", "desc"))
        : byMeaning(embedding, query.limit(), then);
  }

  /// What is told of a time happened then, else when it was written.
  private static ObjectNode within(Query.Span span) {
    return Dsl.any(
        within("observed", span),
        Dsl.all(Dsl.not(Dsl.exists("observed")), within("created", span)));
  }

  private static ObjectNode within(String field, Query.Span span) {
    return Dsl.range(
        field,
        "gte",
        String.valueOf(span.from().toEpochMilli()),
        "lt",
        String.valueOf(span.to().toEpochMilli()));
  }

  private ObjectNode byMeaning(Embedding embedding, int limit, ObjectNode filter) {
    int visited = Math.clamp((long) limit * VISITED_PER_WANTED, VISITED_MIN, VISITED_MAX);
    return withFields(
        server.nearest(
            new Nearest(
                States.PASSAGES,
                States.PASSAGES + "." + States.VECTOR,
                embedding,
                limit,
                visited,
                filter)));
  }

  private static ObjectNode withFields(ObjectNode body) {
    ArrayNode fields = body.putArray("_source");
    States.OF_CANDIDATE.forEach(fields::add);
    return body;
  }

  private void addCosines(JsonNode answer) {
    for (JsonNode hit : answer.path("hits").path("hits")) {
      double cosine = 2 * hit.path("_score").asDouble() - 1;
      cosines.put(hit.path("_source").path("doc").asText(), Math.clamp(cosine, -1.0, 1.0));
    }
  }

  /// Reads what stands around each of the chosen in its strand, and chooses the nearest two on each
  /// side.
  private void addNeighbours() {
    List<ObjectNode> threaded =
        chosen.values().stream().filter(state -> state.has("strand")).toList();
    List<Search> searches = new ArrayList<>();
    for (ObjectNode state : threaded) {
      strand(state).put(States.id(state), state);
      searches.add(snapshot.memories(routing, beside(state, "lt", "desc")));
      searches.add(snapshot.memories(routing, beside(state, "gt", "asc")));
    }
    for (JsonNode answer : snapshot.ask(searches)) {
      Snapshot.sources(answer).forEach(state -> strand(state).put(States.id(state), state));
    }
    threaded.forEach(this::chooseBeside);
  }

  private NavigableMap<MemoryId, ObjectNode> strand(ObjectNode state) {
    return strands.computeIfAbsent(state.path("strand").asText(), _ -> new TreeMap<>());
  }

  private ObjectNode beside(ObjectNode state, String bound, String order) {
    ObjectNode there =
        Dsl.all(
            selected,
            Dsl.term("strand", state.path("strand").asText()),
            Dsl.range("id", bound, state.path("id").asText()));
    return withFields(Dsl.sort(Dsl.search(there, AROUND), "id", order));
  }

  private void chooseBeside(ObjectNode state) {
    for (boolean later : new boolean[] {false, true}) {
      ObjectNode next = next(state, later);
      if (next != null) {
        choose(next);
        ObjectNode second = next(next, later);
        if (second != null) {
          choose(second);
        }
      }
    }
  }

  private @Nullable ObjectNode next(@Nullable ObjectNode state, boolean later) {
    if (state == null || !state.has("strand")) {
      return null;
    }
    NavigableMap<MemoryId, ObjectNode> strand = strand(state);
    Map.@Nullable Entry<MemoryId, ObjectNode> next =
        later ? strand.higherEntry(States.id(state)) : strand.lowerEntry(States.id(state));
    return next == null ? null : next.getValue();
  }

  private void addMissingCosines(Embedding embedding) {
    List<String> missing =
        chosen.keySet().stream().filter(doc -> !cosines.containsKey(doc)).toList();
    if (missing.isEmpty()) {
      return;
    }
    addCosines(
        snapshot.ask(
            snapshot.memories(
                routing, byMeaning(embedding, missing.size(), Dsl.terms("doc", missing)))));
  }

  private Candidates candidates(JsonNode overview) {
    List<Candidate> found = chosen.values().stream().map(this::candidate).toList();
    long memories = Snapshot.total(overview);
    double terms = overview.path("aggregations").path("length").path("value").asDouble();
    List<Long> frequencies = new ArrayList<>();
    overview
        .path("aggregations")
        .path("terms")
        .path("buckets")
        .forEach(bucket -> frequencies.add(bucket.path("doc_count").asLong()));
    return new Candidates(found, memories, memories == 0 ? 0 : terms / memories, frequencies);
  }

  private Candidate candidate(ObjectNode state) {
    return new Candidate(
        States.id(state),
        States.version(state),
        cosines.getOrDefault(state.path("doc").asText(), 0.0),
        words(state),
        States.nature(state),
        around(state));
  }

  private Occurrences words(ObjectNode state) {
    return matches.in(States.terms(state), state.path("length").asInt());
  }

  private Candidate.Neighbours around(ObjectNode state) {
    ObjectNode before = next(state, false);
    ObjectNode after = next(state, true);
    return before == null && after == null
        ? Candidate.Neighbours.NONE
        : new Candidate.Neighbours(
            beside(before), beside(after), beside(next(before, false)), beside(next(after, true)));
  }

  private Candidate.@Nullable Neighbour beside(@Nullable ObjectNode state) {
    return state == null ? null : new Candidate.Neighbour(States.id(state), words(state));
  }
}
