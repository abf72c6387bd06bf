package dev.agenticmemory.transfer;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.ALICES;
import static dev.agenticmemory.store.MemoryStoreFixture.BOB;
import static dev.agenticmemory.store.MemoryStoreFixture.MAIN;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.TODAY;
import static dev.agenticmemory.store.MemoryStoreFixture.asOf;
import static dev.agenticmemory.store.MemoryStoreFixture.erase;
import static dev.agenticmemory.store.MemoryStoreFixture.first;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.retire;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.HistoryEntry;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.TextHash;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.store.Candidate;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreFixture;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Reembedding;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that memories are written to and read from, and moves between stores.
final class TransferTest {

  private static final Instant LATER = NOON.plusSeconds(3600);

  private final Embedder embedder = new HashEmbedder(64);
  private final Embedder wider = new HashEmbedder(96);
  private final Indexer indexer = new Indexer(embedder);
  private final List<MemoryStore> opened = new ArrayList<>();

  @TempDir Path folder;
  private MemoryStore store;

  @BeforeEach
  void openStore() {
    store = open("store", embedder);
  }

  @AfterEach
  void closeStores() {
    opened.forEach(MemoryStore::close);
  }

  private MemoryStore open(String name, Embedder model) {
    MemoryStore made = new SqliteStore(folder.resolve(name).resolve("memory.db"), model.space());
    opened.add(made);
    return made;
  }

  // Our own files.

  @Test
  void whatIsExportedAndImportedElsewhereIsTheSame() throws IOException {
    storeOneOfEverything();
    MemoryStore other = open("other", embedder);

    Import.Report report = imported(other, export(null), false);

    assertThat(report).isEqualTo(new Import.Report(4, 0, 0, 0, 0));
    assertThat(other.list(live(ALICE), first(10))).isEqualTo(store.list(live(ALICE), first(10)));
    assertThat(other.list(asOf(NOON), first(10))).isEqualTo(store.list(asOf(NOON), first(10)));
    for (Dossier dossier : store.contents().dossiers(null, null, 100)) {
      if (!dossier.states().isEmpty()) {
        assertThat(other.history(dossier.id())).isEqualTo(dossier.history());
      }
    }
  }

  @Test
  void importingTwiceChangesNothing() throws IOException {
    storeOneOfEverything();
    MemoryStore other = open("other", embedder);
    Path file = export(null);
    imported(other, file, false);
    long revision = other.revision(null);

    assertThat(imported(other, file, false)).isEqualTo(new Import.Report(0, 4, 0, 0, 0));
    assertThat(other.revision(null)).isEqualTo(revision);
  }

  @Test
  void theExportOfAUserHasNothingOfOthers() throws IOException {
    storeOneOfEverything();
    assertThat(Files.readString(export(BOB))).contains("bob").doesNotContain("tea", "alice");
  }

  @Test
  void whatWasDeletedIsNotExported() throws IOException {
    storeOneOfEverything();
    assertThat(Files.readString(export(null))).doesNotContain("rum");
  }

  @Test
  void whatWasDeletedSinceStaysDeletedUnlessTheFileIsToWin() throws IOException {
    Memory tea = stored(memory("likes tea"));
    Path file = export(null);
    apply(erase(tea));

    assertThat(imported(store, file, false)).isEqualTo(new Import.Report(0, 0, 0, 1, 0));
    assertThat(store.find(tea.id())).isEmpty();

    assertThat(imported(store, file, true)).isEqualTo(new Import.Report(0, 0, 0, 0, 1));
    assertThat(store.find(tea.id())).contains(tea);
  }

  @Test
  void anImportedTextIsForgottenNoLonger() throws IOException {
    Memory tea = stored(memory("likes tea"));
    Path file = export(null);
    apply(erase(tea));
    imported(store, file, true);
    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
    assertThat(store.history(tea.id())).hasSize(1);
    assertThat(imported(store, file, true)).isEqualTo(new Import.Report(0, 1, 0, 0, 0));
  }

  @Test
  void aTextThatWasForgottenComesBackFromAnotherProgramsFile() throws IOException {
    Memory tea = stored(memory("Likes tea"));
    apply(erase(tea));
    assertThat(take(read(Format.MEM0, "[{\"id\":\"1\",\"memory\":\"Likes tea\"}]")).added())
        .isEqualTo(1);
    assertThat(store.forgotten(ALICE, tea.content().hash())).isFalse();
    assertThat(store.list(live(ALICE), first(10))).hasSize(1);
  }

  @Test
  void whatIsKnownInTheSameWordsIsNotImportedAgain() throws IOException {
    stored(memory("likes tea"));
    Path file = export(null);
    MemoryStore other = open("other", embedder);
    Memory known = memory("likes  tea");
    other.apply(List.of(new Change.Add(known, indexer.features("likes  tea"), added(known))));

    assertThat(imported(other, file, false)).isEqualTo(new Import.Report(0, 0, 1, 0, 0));
    assertThat(other.list(live(ALICE), first(10))).containsExactly(known);
  }

  @Test
  void anIdThatIsSomebodyElsesIsNeverTouched() throws IOException {
    Memory tea = stored(memory("likes tea"));
    Path file = export(null);
    String stolen = Files.readString(file).replace("\"alice\"", "\"mallory\"");
    Files.writeString(file, stolen);

    assertThat(imported(store, file, true)).isEqualTo(new Import.Report(0, 0, 0, 1, 0));
    assertThat(store.find(tea.id())).contains(tea);
    assertThat(store.list(live(new UserId("mallory")), first(10))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'\"memory\":\"likes tea\"', '\"memory\":7e', line 2 is not JSON",
    "'\"source\":\"tool\"', '\"source\":\"nobody\"', memory 1: source cannot be read",
    "'\"user_id\":\"alice\",', '', memory 1: user_id is missing",
    "'\"version\":1,\"exported', '\"version\":9,\"exported', is of version 9"
  })
  void aBadFileIsRefusedWithItsPlaceAndChangesNothing(String from, String to, String message)
      throws IOException {
    stored(memory("likes tea"));
    Path file = export(null);
    Files.writeString(file, Files.readString(file).replace(from, to));
    assertThatThrownBy(() -> Format.AGENTIC_MEMORY.read(file, ALICES, NOON))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(message);
  }

  // Other programs' files.

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"results":[{"id":"1","memory":"Likes tea","hash":"x","metadata":{"mood":"calm"},
          "created_at":"2025-01-02T03:04:05.678-07:00","updated_at":"2025-01-03T00:00:00Z",
          "user_id":"bob","agent_id":"main","run_id":"r"}]}
        """,
        """
        [{"id":"1","memory":"Likes tea","metadata":{"mood":"calm"},"user_id":"bob",
          "created_at":"2025-01-02T03:04:05.678-07:00","updated_at":"2025-01-03T00:00:00Z",
          "agent_id":"main","run_id":"r"}]
        """,
        """
        {"id":"1","payload":{"data":"Likes tea","metadata":{"mood":"calm"},"user_id":"bob","agent_id":"main","run_id":"r","created_at":"2025-01-02T03:04:05.678-07:00","updated_at":"2025-01-03T00:00:00Z"}}
        {"id":"2","payload":{"data":"Likes milk"}}
        """
      })
  void whatMem0HandsOutIsRead(String text) throws IOException {
    Kept kept = read(Format.MEM0, text).getFirst();
    Memory memory = kept.states().getFirst().memory();
    assertThat(memory.text()).isEqualTo("Likes tea");
    assertThat(memory.scope()).isEqualTo(scope(BOB, MAIN, new RunId("r")));
    assertThat(memory.content().metadata().values()).containsEntry("mood", "calm");
    assertThat(memory.times().created()).isEqualTo("2025-01-02T10:04:05.678Z");
    assertThat(memory.times().updated()).isEqualTo("2025-01-03T00:00:00Z");
  }

  @Test
  void aFileOfMem0ImportedTwiceIsStoredOnce() throws IOException {
    String text =
        "[{\"id\":\"1\",\"memory\":\"Likes tea\"},{\"id\":\"2\",\"memory\":\"Likes tea\"}]";
    assertThat(take(read(Format.MEM0, text))).isEqualTo(new Import.Report(1, 0, 1, 0, 0));
    assertThat(take(read(Format.MEM0, text))).isEqualTo(new Import.Report(0, 1, 1, 0, 0));
  }

  @Test
  void theGraphOfServerMemoryBecomesSentences() throws IOException {
    String text =
        """
        {"type":"entity","name":"Ann","entityType":"person","observations":["likes tea","is 40"]}
        {"type":"relation","from":"Ann","to":"Acme","relationType":"works_at"}
        """;
    assertThat(texts(read(Format.SERVER_MEMORY, text)))
        .containsExactly("Ann: likes tea", "Ann: is 40", "Ann works at Acme");
  }

  @Test
  void markdownBecomesItsParagraphsAndItems() throws IOException {
    String text =
        """
        ---
        title: x
        ---
        # Home
        A paragraph
        of two lines.

        ## Tea
        - green
          - from Japan
        - black
        ```
        # no heading

        - no item
        ```
        """;
    List<Kept> all = read(Format.MARKDOWN, text);
    assertThat(texts(all))
        .containsExactly(
            "A paragraph\nof two lines.",
            "green\n  - from Japan",
            "black\n```\n# no heading\n\n- no item\n```");
    assertThat(all.getLast().states().getFirst().memory().content().metadata().values())
        .containsEntry("heading", "Home > Tea");
  }

  @Test
  void secretsInForeignFilesAreMasked() throws IOException {
    String key = "sk-proj-" + "a1B2".repeat(12);
    assertThat(texts(read(Format.MARKDOWN, "- the key is " + key)).getFirst()).doesNotContain(key);
  }

  // Moves.

  @Test
  void aMoveBringsEverything() {
    storeOneOfEverything();
    MemoryStore other = open("other", embedder);

    Migration.Report report = migration(store, other, embedder).run(_ -> {});

    assertThat(report.verified()).isTrue();
    assertThat(report.memories()).isEqualTo(5);
    assertThat(report.copied()).isEqualTo(5);
    assertThat(report.rest()).isEqualTo(3);
    assertThat(other.contents().dossiers(null, null, 100))
        .isEqualTo(store.contents().dossiers(null, null, 100));
    assertThat(other.tasks("job", 10)).isEqualTo(store.tasks("job", 10));
    assertThat(other.forgotten(ALICE, TextHash.of("likes rum"))).isTrue();
  }

  @Test
  void aMoveDoneTwiceBringsNothingTheSecondTime() {
    storeOneOfEverything();
    MemoryStore other = open("other", embedder);
    migration(store, other, embedder).run(_ -> {});
    assertThat(migration(store, other, embedder).run(_ -> {}).copied()).isZero();
  }

  @Test
  void aMoveThatIsKilledAgainAndAgainGoesOnWhereItStopped() {
    IntStream.range(0, 1_000).forEach(i -> stored(memory("memory number " + i)));
    MemoryStore other = open("other", embedder);
    int kills = 0;
    Random random = new Random(7);
    while (true) {
      int steps = random.nextInt(3);
      int[] step = {0};
      try {
        Migration.Report report =
            migration(store, other, embedder)
                .run(done -> {
                  if (done > 0 && step[0]++ == steps) {
                    throw new IllegalStateException("killed");
                  }
                });
        assertThat(report.verified()).isTrue();
        break;
      } catch (IllegalStateException _) {
        kills++;
      }
    }
    assertThat(kills).isPositive();
    assertThat(other.contents().dossiers(null, null, 2_000))
        .isEqualTo(store.contents().dossiers(null, null, 2_000));
  }

  @Test
  void whatIsWrittenToTheSourceDuringTheMoveComesAlong() {
    Memory tea = stored(memory("likes tea"));
    MemoryStore other = open("other", embedder);
    Migration.Report report =
        migration(store, other, embedder)
            .run(_ -> {
              if (store.find(tea.id()).orElseThrow().version() == 1) {
                revise(tea, "likes green tea");
              }
            });
    assertThat(report.verified()).isTrue();
    assertThat(other.find(tea.id())).isEqualTo(store.find(tea.id()));
  }

  @Test
  void aMoveToAnotherModelEmbedsAnew() {
    storeOneOfEverything();
    MemoryStore other = open("other", wider);
    Migration.Report report = migration(store, other, wider).run(_ -> {});
    assertThat(report.verified()).isTrue();
    assertThat(other.list(live(ALICE), first(10))).isEqualTo(store.list(live(ALICE), first(10)));
  }

  @Test
  void aMoveOfOneUserLeavesTheOthers() {
    storeOneOfEverything();
    MemoryStore other = open("other", embedder);
    Migration.Extent bobs = new Migration.Extent(BOB, null);
    new Migration(store, other, indexer, bobs, clock()).run(_ -> {});
    assertThat(other.stats(null, NOON).users()).isEqualTo(1);
    assertThat(other.count(live(BOB))).isEqualTo(1);
  }

  private Migration migration(MemoryStore from, MemoryStore to, Embedder model) {
    return new Migration(from, to, new Indexer(model), new Migration.Extent(null, null), clock());
  }

  private static Clock clock() {
    return Clock.fixed(LATER, ZoneOffset.UTC);
  }

  // Another model.

  @Test
  void reembeddingChangesTheModelOfEverything() {
    storeOneOfEverything();
    List<Memory> before = store.list(live(ALICE), first(10));
    Reembed reembed = new Reembed(store.reembedding(wider.space()), new Indexer(wider));
    long texts = reembed.left();

    assertThat(reembed.run(_ -> {})).isEqualTo(texts).isPositive();

    assertThatThrownBy(() -> store.candidates(live(ALICE), query("tea")))
        .isInstanceOf(Conflict.class);
    MemoryStore reopened = open("store", wider);
    assertThat(reopened.list(live(ALICE), first(10))).isEqualTo(before);
    assertThat(found(reopened, new Indexer(wider), "likes green tea"))
        .first()
        .isEqualTo("likes green tea");
  }

  @Test
  void whatIsWrittenDuringReembeddingIsEmbeddedToo() {
    stored(memory("likes tea"));
    new Reembed(store.reembedding(wider.space()), new Indexer(wider))
        .run(done -> {
          if (done == 1) {
            stored(memory("likes milk"));
          }
        });
    MemoryStore reopened = open("store", wider);
    assertThat(found(reopened, new Indexer(wider), "likes milk")).first().isEqualTo("likes milk");
  }

  @Test
  void anInterruptedReembeddingGoesOnWhereItStopped() {
    IntStream.range(0, 200).forEach(i -> stored(memory("memory number " + i)));
    assertThatThrownBy(() ->
            new Reembed(store.reembedding(wider.space()), new Indexer(wider))
                .run(_ -> {
                  throw new IllegalStateException("killed");
                }))
        .hasMessage("killed");
    Reembed again = new Reembed(store.reembedding(wider.space()), new Indexer(wider));
    assertThat(again.left()).isEqualTo(136);
    assertThat(again.run(_ -> {})).isEqualTo(136);
  }

  @Test
  void reembeddingWithYetAnotherModelStartsAnew() {
    stored(memory("likes tea"));
    var reembedding = store.reembedding(wider.space());
    reembedding.put(
        List.of(
            new Reembedding.Vectors(
                reembedding.pending(1).getFirst().key(),
                new Indexer(wider).features("likes tea").passages())));
    assertThat(reembedding.left()).isZero();
    assertThat(store.reembedding(new HashEmbedder(48).space()).left()).isEqualTo(1);
  }

  private Query query(String text) {
    return new Query(null, indexer.features(text).terms(), 5);
  }

  private static List<String> found(MemoryStore store, Indexer indexer, String text) {
    Query query = new Query(indexer.features(text).passages().getFirst(), List.of(), 1);
    return store
        .load(
            store.candidates(live(ALICE), query).found().stream()
                .sorted(Comparator.comparingDouble(Candidate::cosine).reversed())
                .toList())
        .stream()
        .map(Memory::text)
        .toList();
  }

  // What the tests need.

  /// Revised, retired, erased, of a run, of two users, with a mark and tasks.
  private void storeOneOfEverything() {
    revise(stored(memory("likes tea")), "likes green tea");
    stored(memory(scope(ALICE, MAIN, TODAY), "went for a walk"));
    apply(retire(stored(memory("likes milk")), LATER));
    apply(erase(stored(memory("likes rum"))));
    stored(memory(scope(BOB, null, null), "bob likes nothing"));
    apply(new Change.PutMark(new Mark(new Mark.Name("seen", "alice", "a"), "1", NOON)));
    apply(new Change.PutTask(new Task("t", "job", null, LATER, 0, "{}")));
  }

  private Memory stored(Memory memory) {
    apply(new Change.Add(memory, indexer.features(memory.text()), added(memory)));
    return memory;
  }

  private static HistoryEntry added(Memory memory) {
    return MemoryStoreFixture.entry(Event.ADD, memory);
  }

  private void revise(Memory before, String text) {
    Memory after = before.with(before.content().withText(text), LATER);
    MemoryId id = before.id();
    apply(
        new Change.Revise(
            after,
            indexer.features(text),
            new HistoryEntry(
                id, Event.UPDATE, before.text(), text, LATER, "tool", "text changed", null)));
  }

  private void apply(Change change) {
    assertThat(store.apply(List.of(change))).isEqualTo(new Outcome.Applied());
  }

  private Path export(@Nullable UserId user) throws IOException {
    StringWriter out = new StringWriter();
    new Export(store.contents()).write(user, out, LATER);
    return Files.writeString(folder.resolve("export.jsonl"), out.toString());
  }

  private Import.Report imported(MemoryStore into, Path file, boolean replace) throws IOException {
    List<Kept> all = Format.AGENTIC_MEMORY.read(file, ALICES, LATER);
    return new Import(into, indexer).take(all.stream(), replace, LATER, _ -> {});
  }

  private Import.Report take(List<Kept> all) {
    return new Import(store, indexer).take(all.stream(), false, LATER, _ -> {});
  }

  private List<Kept> read(Format format, String text) throws IOException {
    Path file = Files.writeString(folder.resolve("notes.md"), text);
    return format.read(file, ALICES, NOON);
  }

  private static List<String> texts(List<Kept> all) {
    return all.stream().map(kept -> kept.states().getFirst().memory().text()).toList();
  }
}
