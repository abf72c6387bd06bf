package dev.agenticmemory.store.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Lease;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Reembedding;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Shapes;
import dev.agenticmemory.store.Stats;
import dev.agenticmemory.store.StoreKey;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.store.search.Cluster.Search;
import dev.agenticmemory.text.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Memories on a search server, for any number of processes of any number of machines. A process
/// keeps nothing of its own.
public final class SearchStore implements MemoryStore {

  /// How often a question is asked anew because what it was reading was swept away.
  private static final int READS_MAX = 100;

  /// Servers take 1,024 clauses in a query.
  private static final int LOADED_AT_ONCE = 500;

  /// Up to so many users are counted exactly; of more the number is within some percent.
  private static final int USERS_EXACT_MAX = 40_000;

  /// How long the end waits for what nobody waits for.
  private static final int UPKEEP_SECONDS_MAX = 5;

  private final Cluster cluster;
  private final Catalog catalog;
  private final Log log;
  private final ScheduledExecutorService upkeep =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().daemon().name("store-upkeep").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  /// Opens a collection, or makes it.
  ///
  /// Throws `Conflict` where its vectors are of another space or an index was not made by this
  /// program, and `Unavailable` where the server does not answer. The server is closed with the
  /// store, also where this fails.
  ///
  /// @param collection the name of the index of memories, and the beginning of the others'
  public SearchStore(SearchServer server, String collection, EmbeddingSpace space) {
    this(new Cluster(server), collection, space);
  }

  /// @param patience how long a call is repeated while the server is down or busy
  SearchStore(SearchServer server, String collection, EmbeddingSpace space, Duration patience) {
    this(new Cluster(server, patience), collection, space);
  }

  private SearchStore(Cluster cluster, String collection, EmbeddingSpace space) {
    this(cluster, collection, space, Log.SWEEPING_AFTER);
  }

  /// Opens a collection that is there, with whatever model its vectors are of, such as to move it.
  public static SearchStore asItIs(SearchServer server, String collection) {
    Cluster cluster = new Cluster(server);
    try {
      return new SearchStore(cluster, collection, Catalog.recordedSpace(cluster, collection));
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /// @param sweepingAfter how long documents that do not count any more are left where they are
  SearchStore(Cluster cluster, String collection, EmbeddingSpace space, Duration sweepingAfter) {
    this.cluster = cluster;
    catalog = new Catalog(cluster, collection, space);
    log = new Log(cluster, catalog, sweepingAfter, upkeep);
    try {
      catalog.prepare();
      if (log.recover().words() < Words.VERSION) {
        upkeep.execute(new Reanalysis(log, reader())::run);
      }
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  @Override
  public EmbeddingSpace space() {
    return catalog.space();
  }

  @Override
  public Outcome apply(List<Change> changes) {
    Shapes.require(changes, space());
    return log.commit(snapshot -> ChangeSet.decide(snapshot, changes));
  }

  @Override
  public Optional<Memory> find(MemoryId id) {
    return read(snapshot ->
        first(
                snapshot,
                snapshot.memories(
                    null, Dsl.search(snapshot.live(Dsl.term("id", id.toString())), 1)))
            .map(States::memory));
  }

  @Override
  public Optional<MemoryId> findSame(Scope scope, TextHash hash, Instant now) {
    return read(snapshot -> {
      ObjectNode query =
          snapshot.live(
              Dsl.all(
                  Selections.exactly(scope),
                  Dsl.term("hash", hash.hex()),
                  Selections.unexpired(now)));
      return first(snapshot, snapshot.memories(scope.user().value(), Dsl.search(query, 1)))
          .map(States::id);
    });
  }

  @Override
  public Candidates candidates(Selection selection, Query query) {
    Shapes.require(query, space());
    return read(
        snapshot -> new CandidateSearch(cluster.server(), snapshot, selection, query).candidates());
  }

  @Override
  public List<String> speakers(Selection selection, int limit) {
    return read(snapshot ->
        buckets(
                snapshot,
                Selections.routing(selection),
                snapshot.selected(selection),
                groups("speaker", limit))
            .stream()
            .map(SearchStore::key)
            .toList());
  }

  @Override
  public List<Memory> load(List<Candidate> candidates) {
    Map<MemoryId, Memory> found = new HashMap<>();
    for (ObjectNode state : read(snapshot -> states(snapshot, candidates))) {
      // A state that was annotated since has a higher version and the same text.
      found.merge(
          States.id(state),
          States.memory(state),
          (one, other) -> one.version() < other.version() ? one : other);
    }
    return candidates.stream()
        .map(candidate -> Optional.ofNullable(found.get(candidate.id())))
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<ObjectNode> states(Snapshot snapshot, List<Candidate> candidates) {
    List<Search> searches = new ArrayList<>();
    for (int from = 0; from < candidates.size(); from += LOADED_AT_ONCE) {
      int to = Math.min(candidates.size(), from + LOADED_AT_ONCE);
      searches.add(loading(snapshot, candidates.subList(from, to)));
    }
    return snapshot.all(searches).stream().flatMap(List::stream).toList();
  }

  private static Search loading(Snapshot snapshot, List<Candidate> candidates) {
    List<ObjectNode> wanted =
        candidates.stream()
            .map(one ->
                Dsl.all(
                    Dsl.term("id", one.id().toString()),
                    Dsl.range("version", "gte", one.version())))
            .toList();
    return snapshot.memories(null, Dsl.search(snapshot.counting(Dsl.any(wanted)), 0));
  }

  @Override
  public List<Memory> list(Selection selection, Window window) {
    return read(snapshot -> {
      ObjectNode body = Dsl.search(snapshot.selected(selection), 0);
      Dsl.sort(Dsl.sort(body, "created", "desc"), "id", "desc");
      Window.Place after = window.after();
      if (after != null) {
        body.putArray("search_after")
            .add(after.created().toEpochMilli())
            .add(after.id().toString());
      }
      Search search = snapshot.memories(Selections.routing(selection), body);
      return page(snapshot, search, window.offset(), window.limit()).stream()
          .map(States::memory)
          .toList();
    });
  }

  /// A part of a sorted list, however far into it.
  private static List<ObjectNode> page(Snapshot snapshot, Search search, int offset, int limit) {
    List<ObjectNode> found = new ArrayList<>();
    Search next = search;
    int passed = 0;
    while (true) {
      long left = (long) offset - passed + limit - found.size();
      int wanted = (int) Math.min(Snapshot.PAGE, left);
      JsonNode answer =
          snapshot.ask(new Search(next.index(), next.routing(), next.body().put("size", wanted)));
      for (ObjectNode source : Snapshot.sources(answer)) {
        if (passed < offset) {
          passed++;
        } else {
          found.add(source);
        }
      }
      if (answer.path("hits").path("hits").size() < wanted || found.size() == limit) {
        return found;
      }
      next = Snapshot.after(next, answer);
    }
  }

  @Override
  public long count(Selection selection) {
    return read(snapshot ->
        snapshot.count(
            snapshot.memories(
                Selections.routing(selection), Dsl.search(snapshot.selected(selection), 0))));
  }

  @Override
  public List<Memory> expired(Instant now, int limit) {
    return read(snapshot -> {
      ObjectNode query = snapshot.live(Dsl.range("expires", "lte", now.toEpochMilli()));
      ObjectNode body = Dsl.sort(Dsl.sort(Dsl.search(query, 0), "created", "asc"), "id", "asc");
      return page(snapshot, snapshot.memories(null, body), 0, limit).stream()
          .map(States::memory)
          .toList();
    });
  }

  @Override
  public List<HistoryEntry> history(MemoryId id) {
    return read(snapshot -> {
      ObjectNode query = snapshot.counting(Records.name(Records.HISTORY, id.toString()));
      Search search = snapshot.records(Dsl.sort(Dsl.search(query, 0), "seq", "asc"));
      return page(snapshot, search, 0, Integer.MAX_VALUE).stream()
          .map(doc -> shown(snapshot, doc))
          .toList();
    });
  }

  /// Without its texts, where these are about to be removed.
  private static HistoryEntry shown(Snapshot snapshot, ObjectNode doc) {
    HistoryEntry entry = Records.history(doc);
    Head.Erasing erasing = snapshot.head().erasing();
    return erasing != null && erasing.extent().covers(States.scope(doc))
        ? Records.withoutTexts(entry)
        : entry;
  }

  @Override
  public Optional<Scope> owner(MemoryId id) {
    return read(snapshot ->
        first(
                snapshot,
                snapshot.records(
                    Dsl.search(snapshot.counting(Records.name(Records.HISTORY, id.toString())), 1)))
            .map(States::scope));
  }

  @Override
  public long erase(Extent extent, Instant now, String actor) {
    return log.commit(snapshot ->
        new Decision.Write<>(
            live(snapshot, extent), new Head.Erasing(extent, now, actor, snapshot.next())));
  }

  @Override
  public boolean erase(MemoryId id, Instant now, String actor) {
    return log.commit(snapshot -> ChangeSet.erase(snapshot, id, now, actor));
  }

  @Override
  public long count(Extent extent) {
    return read(snapshot -> live(snapshot, extent));
  }

  private static long live(Snapshot snapshot, Extent extent) {
    return snapshot.count(
        snapshot.memories(
            extent.user().value(), Dsl.search(snapshot.live(Selections.query(extent)), 0)));
  }

  @Override
  public boolean forgotten(UserId user, TextHash hash) {
    return read(snapshot -> {
      String seal = Records.seal(snapshot.head().key(), user, hash.hex());
      return firstRecord(snapshot, Records.name(Records.SEAL, seal)).isPresent();
    });
  }

  @Override
  public Optional<Mark> mark(Mark.Name name) {
    return read(snapshot ->
        firstRecord(snapshot, Records.name(Records.MARK, Records.name(name))).map(Records::mark));
  }

  @Override
  public List<Mark> marks(String kind, @Nullable String user, int limit) {
    return read(snapshot -> {
      ObjectNode query =
          Dsl.all(
              Records.kind(Records.MARK), Dsl.term("type", kind), Selections.exactly("user", user));
      Search search = sorted(snapshot, query, "key", "doc");
      return page(snapshot, search, 0, limit).stream().map(Records::mark).toList();
    });
  }

  private static Search sorted(Snapshot snapshot, ObjectNode query, String first, String second) {
    ObjectNode body = Dsl.search(snapshot.counting(query), 0);
    return snapshot.records(Dsl.sort(Dsl.sort(body, first, "asc"), second, "asc"));
  }

  @Override
  public Optional<Lease> claim(String kind, Instant now, Duration length) {
    // Most often there is nothing to do, which needs no turn among the writers.
    if (read(snapshot -> claimable(snapshot, kind, now)).isEmpty()) {
      return Optional.empty();
    }
    return log.commit(snapshot ->
        claimable(snapshot, kind, now)
            .<Decision<Optional<Lease>>>map(task -> {
              Instant until = now.plus(length);
              Lease lease = new Lease(attempted(task), UUID.randomUUID().toString(), until);
              return lease(snapshot, task, lease);
            })
            .orElseGet(() -> new Decision.Leave<>(Optional.empty())));
  }

  private static Optional<ObjectNode> claimable(Snapshot snapshot, String kind, Instant now) {
    ObjectNode query =
        Dsl.all(
            Records.kind(Records.TASK),
            Dsl.term("type", kind),
            Dsl.range("due", "lte", now.toEpochMilli()),
            Dsl.not(Dsl.range("until", "gt", now.toEpochMilli())));
    return page(snapshot, sorted(snapshot, query, "due", "key"), 0, 1).stream().findFirst();
  }

  private static Task attempted(ObjectNode doc) {
    Task task = Records.task(doc);
    return new Task(
        task.id(), task.kind(), task.memory(), task.due(), task.attempts() + 1, task.payload());
  }

  /// Writes a task anew, held under `lease`.
  private static Decision<Optional<Lease>> lease(
      Snapshot snapshot, ObjectNode before, Lease lease) {
    String index = snapshot.catalog().records();
    long revision = snapshot.next();
    ObjectNode after = Records.task(lease.task(), lease, revision);
    String gone = before.path("doc").asText();
    return new Decision.Write<>(
        Optional.of(lease),
        List.of(new Operation(index, after.path("doc").asText(), null, revision, after)),
        List.of(new Operation(index, gone, null, revision, States.gone(before, revision))),
        List.of(Operation.remove(index, gone, null, revision)));
  }

  @Override
  public Optional<Lease> renew(Lease lease, Instant until) {
    Lease renewed = new Lease(lease.task(), lease.token(), until);
    return log.commit(snapshot ->
        firstRecord(snapshot, Records.name(Records.TASK, Records.name(lease.task().id())))
            .filter(task -> Records.isHeld(task, lease))
            .map(task -> lease(snapshot, task, renewed))
            .orElseGet(() -> new Decision.Leave<>(Optional.empty())));
  }

  @Override
  public List<Task> tasks(String kind, int limit) {
    return read(snapshot -> {
      ObjectNode query = Dsl.all(Records.kind(Records.TASK), Dsl.term("type", kind));
      return page(snapshot, sorted(snapshot, query, "due", "key"), 0, limit).stream()
          .map(Records::task)
          .toList();
    });
  }

  @Override
  public Stats stats(@Nullable UserId user, Instant now) {
    return read(snapshot -> {
      List<ObjectNode> parts = new ArrayList<>();
      parts.add(Selections.unexpired(now));
      if (user != null) {
        parts.add(Dsl.term("user", user.value()));
      }
      ObjectNode body = Dsl.search(snapshot.live(Dsl.all(parts)), 0).put("track_total_hits", true);
      ObjectNode aggregations = body.putObject("aggs");
      aggregations.set("short", Dsl.one("filter", Dsl.exists("run")));
      ObjectNode distinct = Dsl.one("field", "user").put("precision_threshold", USERS_EXACT_MAX);
      aggregations.set("users", Dsl.one("cardinality", distinct));
      JsonNode answer = snapshot.ask(snapshot.memories(null, body));
      JsonNode found = answer.path("aggregations");
      long shortTerm = found.path("short").path("doc_count").asLong();
      long users = found.path("users").path("value").asLong();
      return new Stats(Snapshot.total(answer) - shortTerm, shortTerm, users);
    });
  }

  @Override
  public List<UserId> users(String prefix, int limit) {
    return read(snapshot -> {
      ObjectNode query = Dsl.one("prefix", Dsl.one("user", prefix));
      return buckets(snapshot, null, snapshot.live(query), byKey(groups("user", limit))).stream()
          .map(bucket -> new UserId(key(bucket)))
          .toList();
    });
  }

  @Override
  public List<AgentId> agents(UserId user, int limit) {
    return read(snapshot -> {
      ObjectNode query = snapshot.live(Dsl.term("user", user.value()));
      return buckets(snapshot, user.value(), query, byKey(groups("agent", limit))).stream()
          .map(bucket -> new AgentId(key(bucket)))
          .toList();
    });
  }

  @Override
  public List<RunSummary> runs(UserId user, int limit) {
    return read(snapshot -> {
      ObjectNode groups = groups("run", limit);
      ((ObjectNode) groups.path("terms"))
          .putArray("order")
          .add(Dsl.one("latest", "desc"))
          .add(Dsl.one("_key", "asc"));
      groups.putObject("aggs").set("latest", Dsl.one("max", Dsl.one("field", "created")));
      ObjectNode query = snapshot.live(Dsl.term("user", user.value()));
      return buckets(snapshot, user.value(), query, groups).stream()
          .map(SearchStore::summary)
          .toList();
    });
  }

  private static RunSummary summary(JsonNode bucket) {
    return new RunSummary(
        new RunId(key(bucket)),
        bucket.path("doc_count").asLong(),
        Instant.ofEpochMilli((long) bucket.path("latest").path("value").asDouble()));
  }

  private static ObjectNode groups(String field, int limit) {
    return Dsl.one("terms", Dsl.one("field", field).put("size", limit));
  }

  private static ObjectNode byKey(ObjectNode groups) {
    ((ObjectNode) groups.path("terms")).set("order", Dsl.one("_key", "asc"));
    return groups;
  }

  private static List<JsonNode> buckets(
      Snapshot snapshot, @Nullable String routing, ObjectNode query, ObjectNode groups) {
    ObjectNode body = Dsl.search(query, 0);
    body.putObject("aggs").set("groups", groups);
    JsonNode answer = snapshot.ask(snapshot.memories(routing, body));
    return answer.path("aggregations").path("groups").path("buckets").valueStream().toList();
  }

  private static String key(JsonNode bucket) {
    return bucket.path("key").asText();
  }

  /// Every change of a memory is in its history, with the revision that it made.
  @Override
  public long revision(@Nullable UserId user) {
    if (user == null) {
      return log.head().revision();
    }
    return read(snapshot -> {
      ObjectNode query = Dsl.all(Records.kind(Records.HISTORY), Dsl.term("user", user.value()));
      ObjectNode body = Dsl.search(snapshot.counting(query), 0);
      body.putObject("aggs").set("newest", Dsl.one("max", Dsl.one("field", "born")));
      JsonNode answer = snapshot.ask(snapshot.records(body));
      return (long) answer.path("aggregations").path("newest").path("value").asDouble();
    });
  }

  @Override
  public StoreKey key() {
    return log.head().key();
  }

  @Override
  public Reembedding reembedding(EmbeddingSpace next) {
    throw new Unavailable(
        "%s keeps vectors of one model in an index".formatted(cluster.server().name()),
        "Move everything to another collection, which embeds it anew, and then use that one; see"
            + " docs/engines.md.",
        null);
  }

  @Override
  public Contents contents() {
    return new SearchContents(log, reader());
  }

  private Reader reader() {
    return new Reader() {
      @Override
      public <T> T read(Function<Snapshot, T> question) {
        return SearchStore.this.read(question);
      }
    };
  }

  @Override
  public void close() {
    upkeep.shutdownNow();
    try {
      upkeep.awaitTermination(UPKEEP_SECONDS_MAX, TimeUnit.SECONDS);
      log.sweepAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cluster.close();
    }
  }

  private static Optional<ObjectNode> first(Snapshot snapshot, Search search) {
    return Snapshot.sources(snapshot.ask(search)).stream().findFirst();
  }

  private static Optional<ObjectNode> firstRecord(Snapshot snapshot, ObjectNode query) {
    return first(snapshot, snapshot.records(Dsl.search(snapshot.counting(query), 1)));
  }

  /// Answers questions at one revision.
  interface Reader {
    <T> T read(Function<Snapshot, T> question);
  }

  /// Asks at the newest revision, and anew where documents that counted then were removed while it
  /// was asked.
  private <T> T read(Function<Snapshot, T> question) {
    for (int i = 0; i < READS_MAX; i++) {
      Head head = log.head();
      T answer = question.apply(new Snapshot(cluster, catalog, head));
      if (log.head().swept() <= head.revision()) {
        return answer;
      }
    }
    throw new Unavailable(
        cluster.server().name() + " is written to faster than it can be read", "Try again.", null);
  }
}
