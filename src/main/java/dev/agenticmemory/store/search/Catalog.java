package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.search.Cluster.Search;
import dev.agenticmemory.store.search.Cluster.Stored;
import dev.agenticmemory.store.search.SearchServer.Answer;
import dev.agenticmemory.store.search.SearchServer.Call;
import dev.agenticmemory.text.Words;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The three indices of a collection: memories, records and the log. Each is reached by an alias,
/// so that a copy with other settings can take its place.
final class Catalog {

  private static final int NOT_FOUND = 404;

  /// Tells an index that is ours.
  private static final String OURS = "agentic_memory";

  /// In the same place, of what size the vectors are.
  private static final String DIMENSIONS = "dimensions";

  private static final String LOG = "-log";

  /// Changes with the mappings.
  private static final int SCHEMA = 1;

  private final Cluster cluster;
  private final String collection;
  private final EmbeddingSpace space;

  /// @param collection the name of the index of memories, and the beginning of the others'
  Catalog(Cluster cluster, String collection, EmbeddingSpace space) {
    this.cluster = cluster;
    this.collection = collection;
    this.space = space;
  }

  /// Of which model the vectors of a collection are.
  static EmbeddingSpace recordedSpace(Cluster cluster, String collection) {
    String log = collection + LOG;
    boolean there = cluster.call(Call.of("HEAD", "/" + log)).status() != NOT_FOUND;
    Stored head = there ? cluster.get(log, List.of(Head.ID)).getFirst() : null;
    if (head == null) {
      throw new Unavailable(
          "There is no collection %s on %s".formatted(collection, cluster.server().name()),
          "Name the collection that holds the memories.",
          null);
    }
    return Head.parse(head.source()).space();
  }

  String memories() {
    return collection;
  }

  String records() {
    return collection + "-records";
  }

  String log() {
    return collection + LOG;
  }

  EmbeddingSpace space() {
    return space;
  }

  /// Makes what is not there, and sees that the rest is as it must be. Throws `Conflict` where it
  /// is not.
  void prepare() {
    prepare(log(), logMapping(), Dsl.object());
    if (head() == null) {
      // Where another process was faster, its key is the one.
      cluster.create(log(), Head.ID, first().print());
    }
    takeSpace();
    prepare(records(), recordMapping(), Dsl.object());
    prepare(memories(), memoryMapping(), cluster.server().vectorSettings());
  }

  /// A `Conflict` where the vectors are of another model by now.
  void require(Head head) {
    if (!head.space().equals(space)) {
      throw new Conflict(
          "The memories in %s were embedded with %s, the settings say %s"
              .formatted(collection, head.space(), space),
          "Set EMBEDDING_MODEL=%s again, or migrate to another collection; see docs/engines.md."
              .formatted(head.space().model()));
    }
  }

  private @Nullable Stored head() {
    return cluster.get(log(), List.of(Head.ID)).getFirst();
  }

  private Head first() {
    return new Head(space, Words.VERSION, StoreKey.random());
  }

  /// An empty collection takes the vectors of whoever opens it. Of several that open it at once one
  /// decides.
  private void takeSpace() {
    while (true) {
      Stored stored = Objects.requireNonNull(head());
      Head head = Head.parse(stored.source());
      if (head.space().equals(space)) {
        return;
      }
      if (count(memories()) > 0) {
        // What is there may be of a process that took it for the same model meanwhile.
        require(Head.parse(Objects.requireNonNull(head()).source()));
        return;
      }
      Head taken = head.with(space, Words.VERSION);
      if (cluster.replace(log(), Head.ID, taken.print(), stored.stamp())) {
        return;
      }
    }
  }

  private void prepare(String alias, ObjectNode mapping, ObjectNode settings) {
    if (indices(alias).isEmpty()) {
      create(alias, mapping, settings);
    }
    for (Map.Entry<String, JsonNode> index : indices(alias)) {
      if (isUnused(alias, index.getValue(), mapping)) {
        replace(alias, index.getKey(), index.getValue(), body(mapping, settings));
      }
    }
    for (Map.Entry<String, JsonNode> index : indices(alias)) {
      complete(index.getKey(), index.getValue().path("mappings"), mapping);
    }
    for (Map.Entry<String, JsonNode> index : indices(alias)) {
      verify(alias, index.getValue().path("mappings"), mapping);
    }
  }

  /// Gives one of ours, made by an earlier version, the fields that have come since.
  private void complete(String index, JsonNode found, ObjectNode mapping) {
    ObjectNode missing = ((ObjectNode) mapping.path("properties")).deepCopy();
    found.path("properties").fieldNames().forEachRemaining(missing::remove);
    if (!missing.isEmpty() && found.path("_meta").equals(mapping.path("_meta"))) {
      ObjectNode body = Dsl.object().set("properties", missing);
      cluster.require(cluster.call(Call.of("PUT", "/" + index + "/_mapping", body)));
    }
  }

  /// The indices of this alias or name, as they are; none where there is none.
  private Set<Map.Entry<String, JsonNode>> indices(String alias) {
    Answer answer = cluster.call(Call.of("GET", "/" + alias));
    return answer.status() == NOT_FOUND ? Set.of() : cluster.require(answer).body().properties();
  }

  /// Whether an index has no documents, and no mapping or one of ours for other vectors.
  private boolean isUnused(String alias, JsonNode found, ObjectNode mapping) {
    JsonNode mappings = found.path("mappings");
    JsonNode ours = mappings.path("_meta").path(OURS);
    JsonNode wanted = mapping.path("_meta").path(OURS);
    boolean ofOtherVectors =
        ours.has(DIMENSIONS) && !ours.path(DIMENSIONS).equals(wanted.path(DIMENSIONS));
    return (mappings.path("properties").isEmpty() || ofOtherVectors) && count(alias) == 0;
  }

  private void create(String alias, ObjectNode mapping, ObjectNode settings) {
    ObjectNode body = body(mapping, settings);
    // One node is enough, and a second one gets a copy by itself.
    ((ObjectNode) body.path("settings")).put("index.auto_expand_replicas", "0-1");
    body.putObject("aliases").putObject(alias);
    create(alias + "-1", body);
  }

  private static ObjectNode body(ObjectNode mapping, ObjectNode settings) {
    ObjectNode body = Dsl.object();
    body.set("mappings", mapping);
    ObjectNode all = settings.deepCopy();
    // Every write refreshes.
    all.put("index.refresh_interval", "-1");
    // A late repetition of a write is told from a new one by the version of what it removed.
    all.put("index.gc_deletes", "1h");
    body.set("settings", all);
    return body;
  }

  private void create(String index, ObjectNode body) {
    Answer answer = cluster.call(Call.of("PUT", "/" + index, body));
    String problem = answer.body().path("error").path("type").asText();
    // Another process may have been faster.
    if (!problem.equals("resource_already_exists_exception")) {
      cluster.require(answer);
    }
  }

  /// One of ours takes the place of an unused index, with the shards and copies that it was given;
  /// some settings cannot be changed in place. They change places at once, and only as long as the
  /// alias leads to the unused one: what another process has put there is never removed.
  private void replace(String alias, String unused, JsonNode found, ObjectNode body) {
    JsonNode given = found.path("settings").path("index");
    for (String name : List.of("number_of_shards", "number_of_replicas", "auto_expand_replicas")) {
      if (given.has(name)) {
        ((ObjectNode) body.path("settings")).set("index." + name, given.path(name));
      }
    }
    String made = alias + (unused.equals(alias + "-1") ? "-2" : "-1");
    create(made, body);
    ObjectNode actions = Dsl.object();
    actions.withArray("/actions").add(action("remove_index", unused));
    for (Map.Entry<String, JsonNode> other : found.path("aliases").properties()) {
      actions.withArray("/actions").add(alias(made, other.getKey()));
    }
    actions.withArray("/actions").add(alias(made, alias));
    Answer answer = cluster.call(Call.of("POST", "/_aliases", actions));
    boolean byAnother = indices(alias).stream().noneMatch(one -> one.getKey().equals(unused));
    if (!byAnother) {
      cluster.require(answer);
    }
  }

  private static ObjectNode action(String verb, String index) {
    return Dsl.one(verb, Dsl.one("index", index));
  }

  private static ObjectNode alias(String index, String alias) {
    ObjectNode action = action("add", index);
    ((ObjectNode) action.path("add")).put("alias", alias);
    return action;
  }

  /// An index that is not empty must have our mapping.
  private void verify(String alias, JsonNode found, ObjectNode mapping) {
    String problem = difference(found.path("properties"), mapping.path("properties"));
    if (problem == null && !found.path("_meta").equals(mapping.path("_meta"))) {
      problem = "it is marked %s, not %s".formatted(found.path("_meta"), mapping.path("_meta"));
    }
    if (problem != null) {
      throw new Conflict(
          "The index %s was not made by this program for these settings: %s"
              .formatted(alias, problem),
          "Set another collection in the settings; or, where nothing in it is needed, delete the"
              + " index, and it is made anew.");
    }
  }

  /// The first field that is not of our type; null where all are.
  private static @Nullable String difference(JsonNode found, JsonNode wanted) {
    for (Map.Entry<String, JsonNode> field : wanted.properties()) {
      // A mapping does not say that an object is an object.
      String type = field.getValue().path("type").asText("object");
      String has = found.path(field.getKey()).path("type").asText("object");
      if (!found.has(field.getKey()) || !has.equals(type)) {
        return "its field %s is %s, not %s"
            .formatted(field.getKey(), found.has(field.getKey()) ? has : "missing", type);
      }
    }
    return null;
  }

  /// How many documents an index has, whether they count or not; 0 where there is none.
  private long count(String alias) {
    if (cluster.call(Call.of("HEAD", "/" + alias)).status() == NOT_FOUND) {
      return 0;
    }
    cluster.require(cluster.call(Call.of("POST", "/" + alias + "/_refresh")));
    ObjectNode body = Dsl.search(Dsl.one("match_all", Dsl.object()), 0);
    return cluster
        .search(List.of(new Search(alias, null, body.put("track_total_hits", true))))
        .getFirst()
        .path("hits")
        .path("total")
        .path("value")
        .asLong();
  }

  private static ObjectNode mapping(int dimensions) {
    ObjectNode mapping = Dsl.object().put("dynamic", "strict");
    ObjectNode ours = Dsl.object().put("schema", SCHEMA);
    if (dimensions > 0) {
      ours.put(DIMENSIONS, dimensions);
    }
    mapping.putObject("_meta").set(OURS, ours);
    return mapping;
  }

  private static ObjectNode logMapping() {
    ObjectNode mapping = mapping(0);
    Fields fields = new Fields(mapping.putObject("properties"));
    fields.properties.putObject("head").put("type", "object").put("enabled", false);
    fields.kept("token", "additions", "closures", "sweep", "sweeping", "erasing", "key");
    fields.all("long", "revision");
    return mapping;
  }

  private static ObjectNode recordMapping() {
    ObjectNode mapping = mapping(0);
    Fields fields = new Fields(mapping.putObject("properties"));
    fields.all("keyword", "doc", "kind", "name", "type", "user", "agent", "run", "memory", "token");
    fields.all("long", "born", "gone", "seq", "due", "until");
    fields.all("boolean", "texts");
    fields.kept("body");
    // Longer ones are sorted last; they are found by their name, which is a hash.
    fields.properties.putObject("key").put("type", "keyword").put("ignore_above", 8_000);
    return mapping;
  }

  private ObjectNode memoryMapping() {
    ObjectNode mapping = mapping(space.dimensions());
    Fields fields = new Fields(mapping.putObject("properties"));
    fields.all("keyword", "doc", "id", "user", "agent", "run", "hash", "strand", Facets.FIELD);
    fields.all(
        "long", "version", "born", "gone", "closed", "from", "until", "created", "expires", "day");
    fields.all("long", "length");
    fields.all("boolean", "shared");
    fields.kept("text", "category", "metadata", "source", "author", "conversation", "stage");
    fields.properties.putObject("speaker").put("type", "keyword").put("ignore_above", 8_000);
    for (String number : List.of("updated", "observed", "tokens")) {
      fields.properties.putObject(number).put("type", "long").put("index", false);
    }
    fields.properties.putObject("question").put("type", "boolean").put("index", false);
    fields.properties.putObject("vectors").put("type", "binary");
    fields
        .properties
        .putObject("words")
        .put("type", "text")
        .put("analyzer", "whitespace")
        .put("index_options", "freqs");
    ObjectNode passages = fields.properties.putObject(States.PASSAGES).put("type", "nested");
    passages
        .putObject("properties")
        .set(States.VECTOR, cluster.server().vectorField(space.dimensions()));
    return mapping;
  }

  /// The fields of one mapping.
  private record Fields(ObjectNode properties) {

    void all(String type, String... names) {
      for (String name : names) {
        properties.putObject(name).put("type", type);
      }
    }

    /// Texts that are given back and never looked for.
    void kept(String... names) {
      for (String name : names) {
        properties
            .putObject(name)
            .put("type", "keyword")
            .put("index", false)
            .put("doc_values", false);
      }
    }
  }
}
