package dev.agenticmemory.store.s3vectors;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Candidates;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Features;
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
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.document.Document;

/// Memories whose vectors are in Amazon S3 Vectors, for any number of processes of one machine.
///
/// The service has vectors, and filters on what it knows beside them; it has no condition on a
/// write, no words and no order of writes. So an embedded store beside it is the truth about
/// everything else, words included, and decides which vectors count. Vectors are written before the
/// change set that needs them and removed after the one that does not; [Vectors] sees that none is
/// left behind.
public final class S3VectorsStore implements MemoryStore {

  /// What stands in the embedded store for each vector.
  private static final Embedding ELSEWHERE = Embedding.of(1);

  /// The key of the vector that says whose the index is.
  private static final String OWNER = "owner";

  /// Beside it whose the index is about to be, while the store takes another key.
  private static final String NEXT_OWNER = "nextOwner";

  private final SqliteStore beside;
  private final VectorIndex index;
  private final Vectors vectors;
  private final EmbeddingSpace space;

  /// Opens an index, or makes it, with the embedded store `file` beside it.
  ///
  /// Throws `Conflict` where the index belongs to another machine or is of another size, and
  /// `Unavailable` where the service does not answer. The index is closed with the store, also
  /// where this fails.
  ///
  /// @param clock by which a write under way is told from one that a process left behind
  public S3VectorsStore(VectorIndex index, Path file, EmbeddingSpace space, InstantSource clock) {
    this(index, space, clock, () -> new SqliteStore(file, beside(space)));
  }

  /// Opens an index with whatever model its vectors are of, such as to move it.
  public static S3VectorsStore asItIs(VectorIndex index, Path file, InstantSource clock) {
    EmbeddingSpace recorded;
    try (SqliteStore beside = SqliteStore.asItIs(file)) {
      recorded = recorded(beside.space());
    } catch (RuntimeException e) {
      index.close();
      throw e;
    }
    return new S3VectorsStore(index, file, recorded, clock);
  }

  /// Makes the store beside.
  private interface Beside {
    SqliteStore open();
  }

  private S3VectorsStore(
      VectorIndex index, EmbeddingSpace space, InstantSource clock, Beside opening) {
    this.index = index;
    this.space = space;
    SqliteStore opened = null;
    try {
      opened = opening.open();
      index.prepare(space.dimensions(), VectorMetadata.TEXT);
      beside = opened;
      vectors = new Vectors(index, opened, clock);
      requireOwner();
      vectors.settleAll();
    } catch (RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      index.close();
      throw e;
    }
  }

  /// The space of what stands for vectors in the store beside, which tells that of the vectors.
  private static EmbeddingSpace beside(EmbeddingSpace space) {
    return new EmbeddingSpace(space.model() + "@" + space.dimensions(), 1);
  }

  private static EmbeddingSpace recorded(EmbeddingSpace beside) {
    int at = beside.model().lastIndexOf('@');
    return new EmbeddingSpace(
        beside.model().substring(0, at), Integer.parseInt(beside.model().substring(at + 1)));
  }

  /// An index belongs to the embedded store that first wrote to it.
  private void requireOwner() {
    Document found = index.metadata(OWNER);
    if (found == null && !index.isEmpty()) {
      throw foreign("has vectors that were not written by this program");
    }
    String own = own(beside.key());
    if (found == null || own.equals(recorded(found, NEXT_OWNER))) {
      claim(own, null);
    } else if (!own.equals(recorded(found, OWNER))) {
      throw foreign("belongs to a store on another machine or in another data folder");
    }
  }

  private static String own(StoreKey key) {
    return key.hash(OWNER);
  }

  private static String recorded(Document owner, String name) {
    return owner.asMap().getOrDefault(name, Document.fromString("")).asString();
  }

  private Conflict foreign(String what) {
    return new Conflict(
        "The index %s %s".formatted(index, what),
        "Set S3VECTORS_INDEX_NAME to another index. For several machines use Elasticsearch or"
            + " OpenSearch; see docs/engines.md.");
  }

  /// Takes another key in the store beside. Until that is done the index accepts both, so that a
  /// process that ends anywhere on the way locks nobody out.
  private void adopt(StoreKey key) {
    vectors.settleAll();
    String before = own(beside.key());
    claim(before, own(key));
    try {
      beside.contents().adopt(key);
    } catch (Conflict e) {
      claim(before, null);
      throw e;
    }
    claim(own(key), null);
  }

  /// @param next who may open the index as well; null for nobody
  private void claim(String own, @Nullable String next) {
    float[] any = new float[space.dimensions()];
    any[0] = 1;
    Document.MapBuilder owner = Document.mapBuilder().putString(OWNER, own);
    if (next != null) {
      owner.putString(NEXT_OWNER, next);
    }
    index.put(List.of(new VectorIndex.Entry(OWNER, Embedding.of(any), owner.build())));
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public Outcome apply(List<Change> changes) {
    Shapes.require(changes, space);
    List<Change> thin = changes.stream().map(S3VectorsStore::thin).toList();
    return vectors.around(
        Vectors.added(changes), () -> vectors.touched(changes), () -> beside.apply(thin));
  }

  private static Change thin(Change change) {
    return switch (change) {
      case Change.Add(Memory memory, Features features, HistoryEntry history) ->
          new Change.Add(memory, thin(features), history);
      case Change.Revise(Memory memory, Features features, HistoryEntry history) ->
          new Change.Revise(memory, thin(features), history);
      case Change.Annotate _, Change.Retire _, Change.Erase _, Change.Bookkeeping _ -> change;
    };
  }

  /// Without the vectors, of which only the number is kept.
  static Features thin(Features features) {
    return new Features(
        Collections.nCopies(features.passages().size(), ELSEWHERE),
        features.terms(),
        features.tokens(),
        features.question());
  }

  @Override
  public Candidates candidates(Selection selection, Query query) {
    Shapes.require(query, space);
    Query words =
        new Query(
            null, query.terms(), query.choosing(), query.pairs(), query.limit(), query.times());
    Embedding embedding = query.embedding();
    if (embedding == null) {
      return beside.candidates(selection, words);
    }
    Cosines cosines =
        new Cosines(index, index.nearest(embedding, VectorMetadata.filter(selection)));
    Candidates found = beside.candidates(selection, words, cosines.memories());
    return new Candidates(
        cosines.of(embedding, found.found(), beside.load(found.found()), vectors),
        found.memories(),
        found.averageLength(),
        found.frequencies());
  }

  @Override
  public long erase(Extent extent, Instant now, String actor) {
    return vectors.around(
        List.of(), () -> vectors.touched(extent), () -> beside.erase(extent, now, actor));
  }

  @Override
  public boolean erase(MemoryId id, Instant now, String actor) {
    return vectors.around(List.of(), () -> vectors.keys(id), () -> beside.erase(id, now, actor));
  }

  @Override
  public Reembedding reembedding(EmbeddingSpace next) {
    throw new Unavailable(
        "S3 Vectors keeps vectors of one model in an index",
        "Move everything to another index, which embeds it anew, and then use that one; see"
            + " docs/engines.md.",
        null);
  }

  @Override
  public Contents contents() {
    return new S3VectorsContents(beside.contents(), vectors, this::adopt);
  }

  @Override
  public void close() {
    beside.close();
    index.close();
  }

  // What the store beside answers alone.

  @Override
  public Optional<Memory> find(MemoryId id) {
    return beside.find(id);
  }

  @Override
  public Optional<MemoryId> findSame(Scope scope, TextHash hash, Instant now) {
    return beside.findSame(scope, hash, now);
  }

  @Override
  public List<String> speakers(Selection selection, int limit) {
    return beside.speakers(selection, limit);
  }

  @Override
  public List<Memory> load(List<Candidate> candidates) {
    return beside.load(candidates);
  }

  @Override
  public List<Memory> list(Selection selection, Window window) {
    return beside.list(selection, window);
  }

  @Override
  public long count(Selection selection) {
    return beside.count(selection);
  }

  @Override
  public List<Memory> expired(Instant now, int limit) {
    return beside.expired(now, limit);
  }

  @Override
  public List<HistoryEntry> history(MemoryId id) {
    return beside.history(id);
  }

  @Override
  public Optional<Scope> owner(MemoryId id) {
    return beside.owner(id);
  }

  @Override
  public long count(Extent extent) {
    return beside.count(extent);
  }

  @Override
  public boolean forgotten(UserId user, TextHash hash) {
    return beside.forgotten(user, hash);
  }

  @Override
  public Optional<Mark> mark(Mark.Name name) {
    return beside.mark(name);
  }

  @Override
  public List<Mark> marks(String kind, @Nullable String user, int limit) {
    return beside.marks(kind, user, limit);
  }

  @Override
  public Optional<Lease> claim(String kind, Instant now, Duration length) {
    return beside.claim(kind, now, length);
  }

  @Override
  public Optional<Lease> renew(Lease lease, Instant until) {
    return beside.renew(lease, until);
  }

  @Override
  public List<Task> tasks(String kind, int limit) {
    return beside.tasks(kind, limit);
  }

  @Override
  public Stats stats(@Nullable UserId user, Instant now) {
    return beside.stats(user, now);
  }

  @Override
  public List<UserId> users(String prefix, int limit) {
    return beside.users(prefix, limit);
  }

  @Override
  public List<AgentId> agents(UserId user, int limit) {
    return beside.agents(user, limit);
  }

  @Override
  public List<RunSummary> runs(UserId user, int limit) {
    return beside.runs(user, limit);
  }

  @Override
  public long revision(@Nullable UserId user) {
    return beside.revision(user);
  }

  @Override
  public StoreKey key() {
    return beside.key();
  }
}
