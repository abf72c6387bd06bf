package dev.agenticmemory.store.sqlite;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.EAST;
import static dev.agenticmemory.store.MemoryStoreFixture.NOON;
import static dev.agenticmemory.store.MemoryStoreFixture.NORTH;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.TODAY;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.annotate;
import static dev.agenticmemory.store.MemoryStoreFixture.entry;
import static dev.agenticmemory.store.MemoryStoreFixture.erase;
import static dev.agenticmemory.store.MemoryStoreFixture.first;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.meaning;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static dev.agenticmemory.store.MemoryStoreFixture.retire;
import static dev.agenticmemory.store.MemoryStoreFixture.revise;
import static dev.agenticmemory.store.MemoryStoreFixture.scope;
import static dev.agenticmemory.store.MemoryStoreFixture.with;
import static dev.agenticmemory.store.MemoryStoreFixture.words;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.Change;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Extent;
import dev.agenticmemory.store.Features;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreContract;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.Query;
import dev.agenticmemory.store.Task;
import dev.agenticmemory.text.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every store promises, and beyond that what only SQLite does: files, processes, versions.
final class SqliteStoreTest extends MemoryStoreContract {

  private static final EmbeddingSpace OTHER = new EmbeddingSpace("other", 3);

  @TempDir Path folder;

  @Override
  protected MemoryStore open() {
    return new SqliteStore(file(), SPACE);
  }

  @Override
  protected MemoryStore openAnother() {
    return new SqliteStore(folder.resolve("another").resolve("memory.db"), SPACE);
  }

  // Opening again.

  @Test
  void reopeningBringsEverythingBack() {
    Memory tea = stored(with(new Metadata(Map.of("mood", "calm")), "likes tea"));
    Memory coffee = revised(tea, "likes coffee", NOON.plusSeconds(1), NORTH);
    Memory milk = stored(memory("likes milk"));
    apply(erase(milk));
    apply(new Change.PutMark(mark("alice", "k", "v")));
    apply(new Change.PutTask(task("t", "job", NOON)));
    var history = store.history(tea.id());
    long revision = store.revision(null);

    reopen();

    assertThat(store.find(tea.id())).contains(coffee);
    assertThat(store.history(tea.id())).isEqualTo(history);
    assertThat(nearest(live(ALICE), NORTH, 5)).containsExactly(coffee);
    assertThat(store.load(candidates(live(ALICE), words("coffee", 5)))).containsExactly(coffee);
    assertThat(store.forgotten(ALICE, milk.content().hash())).isTrue();
    assertThat(store.marks("kind", "alice", 10)).containsExactly(mark("alice", "k", "v"));
    assertThat(store.tasks("job", 10)).containsExactly(task("t", "job", NOON));
    assertThat(store.revision(null)).isEqualTo(revision);
  }

  @Test
  void aFolderThatIsNotThereIsMade() {
    Path file = folder.resolve("a folder/with 茶 in it/memories.db");
    try (MemoryStore other = new SqliteStore(file, SPACE)) {
      assertThat(other.apply(List.of(add(memory("likes tea")))))
          .isInstanceOf(Outcome.Applied.class);
    }
    assertThat(file).exists();
  }

  @Test
  void anotherModelIsRefusedByName() {
    stored(memory("likes tea"));
    store.close();

    assertThatThrownBy(() -> new SqliteStore(file(), OTHER))
        .isInstanceOfSatisfying(
            Conflict.class,
            e -> {
              assertThat(e).hasMessageContaining("test (50 dimensions)");
              assertThat(e).hasMessageContaining("other (3 dimensions)");
              assertThat(e.hint()).contains("EMBEDDING_MODEL=test").contains("reembed");
            });
  }

  @Test
  void otherDimensionsOfTheSameModelAreRefused() {
    stored(memory("likes tea"));
    assertThatThrownBy(() -> new SqliteStore(file(), new EmbeddingSpace("test", 51)))
        .isInstanceOf(Conflict.class)
        .hasMessageContaining("51");
  }

  @Test
  void aRefusedOpeningChangesNothing() {
    Memory tea = stored(memory("likes tea"));
    assertThatThrownBy(() -> new SqliteStore(file(), OTHER)).isInstanceOf(Conflict.class);
    reopen();
    assertThat(nearest(live(ALICE), EAST, 5)).containsExactly(tea);
  }

  @Test
  void anEmptyStoreMayChangeItsModel() {
    apply(erase(stored(memory("likes tea"))));
    store.close();

    try (MemoryStore other = new SqliteStore(file(), OTHER)) {
      Memory milk = memory("likes milk");
      Features features = new Features(List.of(Embedding.of(1, 2, 3)), List.of("milk"));
      assertThat(other.apply(List.of(new Change.Add(milk, features, entry(Event.ADD, milk)))))
          .isInstanceOf(Outcome.Applied.class);
      assertThat(other.find(milk.id())).contains(milk);
    }
  }

  @Test
  void aProcessWhoseModelWasChangedUnderItStoresNothing() {
    try (MemoryStore _ = new SqliteStore(file(), OTHER)) {
      Memory tea = memory("likes tea");
      assertThatThrownBy(() -> store.apply(List.of(add(tea))))
          .isInstanceOf(Conflict.class)
          .hasMessageContaining("other (3 dimensions)");
      assertThat(store.find(tea.id())).isEmpty();
    }
  }

  @Test
  void aNewerSchemaIsRefusedWithAClearSentence() throws SQLException {
    store.close();
    execute("PRAGMA user_version=999");

    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            Unavailable.class,
            e -> {
              assertThat(e).hasMessageContaining("newer version").hasMessageContaining("999");
              assertThat(e.hint()).contains("Update agentic-memory");
            });
  }

  @Test
  void aNewerAnalyserMakesAllTermsAnew() throws SQLException {
    Memory memory = memory("喜欢喝绿茶");
    apply(
        new Change.Add(
            memory,
            new Features(List.of(EAST), List.of("as", "an", "old", "analyser", "saw", "it")),
            entry(Event.ADD, memory)));
    store.close();
    execute("UPDATE setting SET value = '0' WHERE name = 'words'");

    store = open();

    assertThat(candidates(live(ALICE), words("绿茶", 5))).hasSize(1);
    assertThat(candidates(live(ALICE), new Query(null, List.of("analyser"), 5))).isEmpty();
  }

  @Test
  void eightOpeningsAtOnceMakeOneStore() throws Exception {
    Path file = folder.resolve("fresh/memories.db");
    List<Callable<Boolean>> openings =
        IntStream.range(0, 8)
            .<Callable<Boolean>>mapToObj(i ->
                () -> {
                  try (MemoryStore one = new SqliteStore(file, SPACE)) {
                    return one.apply(List.of(add(memory("opening " + i))))
                        .equals(new Outcome.Applied());
                  }
                })
            .toList();
    assertThat(together(openings)).containsOnly(true).hasSize(8);
    try (MemoryStore one = new SqliteStore(file, SPACE)) {
      assertThat(one.count(live(ALICE))).isEqualTo(8);
    }
  }

  // Settings.

  @Test
  void theJournalIsAWriteAheadLog() throws SQLException {
    assertThat(setting("journal_mode")).isEqualTo("wal");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "synchronous=2",
        "fullfsync=1",
        "checkpoint_fullfsync=1",
        "secure_delete=1",
        "temp_store=2",
        "foreign_keys=1"
      })
  void everyConnectionHasTheSettingsThatThePromisesRestOn(String expected) throws SQLException {
    String[] parts = expected.split("=", 2);
    try (Database database = new Database(file());
        Connected reader = database.open()) {
      String pragma = "PRAGMA " + parts[0];
      assertThat(reader.first(pragma, row -> row.getString(1))).contains(parts[1]);
      Optional<String> ofWriter =
          database.write(writer -> writer.first(pragma, row -> row.getString(1)));
      assertThat(ofWriter).contains(parts[1]);
    }
  }

  @Test
  void theFolderIsTheOwnersAlone() throws IOException {
    Path file = folder.resolve("private/memories.db");
    new SqliteStore(file, SPACE).close();
    assertThat(Files.getPosixFilePermissions(file.getParent()))
        .hasToString("[OWNER_READ, OWNER_WRITE, OWNER_EXECUTE]");
  }

  // Two processes.

  @Test
  void whatAnotherProcessAddedIsSeenInTheNextCall() {
    requireSeen();
    try (MemoryStore other = open()) {
      for (int i = 0; i < 5; i++) {
        assertThat(other.apply(List.of(add(memory("memory " + i)))))
            .isEqualTo(new Outcome.Applied());
        requireSeen(
            IntStream.rangeClosed(0, i).mapToObj(n -> "memory " + n).toArray(String[]::new));
      }
    }
  }

  @Test
  void whatAnotherProcessRevisedIsSeenInTheNextCall() {
    Memory tea = stored(memory("likes tea"));
    requireSeen("likes tea");
    try (MemoryStore other = open()) {
      Memory coffee = tea.with(tea.content().withText("likes coffee"), NOON);
      other.apply(List.of(revise(coffee, tea, NORTH)));
    }
    requireSeen("likes coffee");
    assertThat(candidates(live(ALICE), words("tea", 5))).isEmpty();
    assertThat(candidates(live(ALICE), words("coffee", 5))).hasSize(1);
    assertThat(candidates(live(ALICE), meaning(NORTH, 5)).getFirst().cosine()).isGreaterThan(0.99);
  }

  @Test
  void whatAnotherProcessAnnotatedIsSeenInTheNextCall() {
    Memory tea = stored(memory("likes tea"));
    requireSeen("likes tea");
    try (MemoryStore other = open()) {
      Metadata calm = new Metadata(Map.of("mood", "calm"));
      other.apply(List.of(annotate(tea.with(tea.content().withMetadata(calm), NOON))));
    }
    assertThat(candidates(live(ALICE), meaning(EAST, 5)).getFirst().version()).isEqualTo(2);
    requireSeen("likes tea");
  }

  @Test
  void whatAnotherProcessErasedIsGoneInTheNextCall() {
    Memory tea = stored(memory("likes tea"));
    stored(memory("likes milk"));
    requireSeen("likes tea", "likes milk");
    try (MemoryStore other = open()) {
      other.apply(List.of(erase(tea)));
      requireSeen("likes milk");
      other.erase(new Extent(ALICE, null, null), NOON, "tool");
      requireSeen();
    }
  }

  @Test
  void whatAnotherProcessRetiredIsGoneInTheNextCall() {
    Memory tea = stored(memory("likes tea"));
    requireSeen("likes tea");
    try (MemoryStore other = open()) {
      other.apply(List.of(retire(tea, NOON)));
    }
    requireSeen();
  }

  @Test
  void anIndexThatFellBehindTheLogOfChangesIsReadAnew() throws SQLException {
    stored(memory("likes tea"));
    requireSeen("likes tea");
    try (MemoryStore other = open()) {
      other.apply(List.of(add(memory("likes milk"))));
      other.apply(List.of(add(memory("likes coffee"))));
    }
    // As if another process had cut what this one has not read yet.
    execute("DELETE FROM change WHERE seq < (SELECT max(seq) FROM change)");
    requireSeen("likes tea", "likes milk", "likes coffee");
  }

  @Test
  void aRandomMixOfWritesByTwoProcessesIsSeenByBoth() {
    Random random = new Random(7);
    try (MemoryStore other = open()) {
      List<Memory> expected = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        MemoryStore writer = random.nextBoolean() ? store : other;
        step(writer, random, i, expected);
        MemoryStore reader = random.nextBoolean() ? store : other;
        if (i % 5 == 0) {
          assertThat(reader.load(reader.candidates(live(ALICE), meaning(EAST, 1000)).found()))
              .as("step %d", i)
              .containsExactlyInAnyOrderElementsOf(expected);
        }
      }
    }
  }

  private static void step(MemoryStore writer, Random random, int i, List<Memory> expected) {
    Memory one = expected.isEmpty() ? null : expected.get(random.nextInt(expected.size()));
    int kind = random.nextInt(6);
    if (one == null || kind < 3) {
      Memory added = memory("memory " + i);
      writer.apply(List.of(add(added)));
      expected.add(added);
      return;
    }
    expected.remove(one);
    switch (kind) {
      case 3 -> {
        Memory after = one.with(one.content().withText("revised " + i), NOON);
        writer.apply(List.of(revise(after, one, NORTH)));
        expected.add(after);
      }
      case 4 -> writer.apply(List.of(retire(one, NOON)));
      default -> writer.apply(List.of(erase(one)));
    }
  }

  private void requireSeen(String... texts) {
    requireExactly(live(ALICE), texts);
  }

  // Deleted means gone.

  @Test
  void nothingOfAnErasedMemoryIsInAnyFile() throws IOException {
    Memory secret =
        with(new Metadata(Map.of("metadataMarker", "Metazebra7x")), "Textzebra7x 斑马七号秘密");
    apply(add(secret));
    Memory revised = revised(secret, "Newzebra7x 新斑马八号", NOON.plusSeconds(1), NORTH);
    apply(
        new Change.PutTask(
            new Task("t", "ingest", secret.id(), NOON, 0, "{\"text\":\"Taskzebra7x\"}")));
    assertThat(candidates(live(ALICE), words("Newzebra7x", 5))).hasSize(1);
    requireInSomeFile("Textzebra7x");

    apply(erase(revised));

    requireInNoFile(secret, revised);
    requireInNoFile("Metazebra7x", "metadataMarker", "Taskzebra7x");
  }

  @Test
  void nothingOfAnErasedUserIsInAnyFile() throws IOException {
    Memory secret = stored(memory("Textzebra7x 斑马七号秘密"));
    Memory retired = stored(memory("Retiredzebra7x"));
    apply(retire(retired, NOON));
    apply(new Change.PutMark(mark("alice", "Keyzebra7x", "Valuezebra7x")));

    store.erase(new Extent(ALICE, null, null), NOON, "tool");

    requireInNoFile(secret, retired);
    requireInNoFile("Keyzebra7x", "Valuezebra7x");
  }

  @Test
  void nothingOfAnErasedRunIsInAnyFile() throws IOException {
    Memory secret = stored(memory(scope(ALICE, null, TODAY), "Textzebra7x 斑马七号秘密"));
    store.erase(new Extent(ALICE, TODAY, null), NOON, "tool");
    requireInNoFile(secret);
  }

  @Test
  void aLongErasedTextIsInNoFile() throws IOException {
    Memory secret = stored(memory("Longzebra7x 斑马七号 ".repeat(2_000)));
    apply(erase(secret));
    requireInNoFile("Longzebra7x", "longzebra7x", "斑马七号");
  }

  /// Pages that were split or merged before a text is erased may have left copies of it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingOfAnyOfManyErasedMemoriesIsInAnyFile(long seed) throws IOException {
    Random random = new Random(seed);
    List<Memory> all = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String text = "zebra%dx%d ".formatted(seed, i).repeat(1 + random.nextInt(60));
      all.add(stored(memory(text)));
    }
    for (int i = 0; i < 100; i++) {
      int at = random.nextInt(all.size());
      String text = "zebra%dy%d ".formatted(seed, i).repeat(1 + random.nextInt(200));
      all.set(at, revised(all.get(at), text, NOON, NORTH));
    }
    Collections.shuffle(all, random);
    for (Memory memory : all.subList(0, 200)) {
      apply(erase(memory));
    }
    List<String> left = new ArrayList<>();
    all.subList(0, 200)
        .forEach(memory -> left.add(memory.text().substring(0, memory.text().indexOf(' ') + 1)));
    requireInNoFile(left.toArray(String[]::new));
    store.erase(new Extent(ALICE, null, null), NOON, "tool");
    requireInNoFile("zebra%dx".formatted(seed), "zebra%dy".formatted(seed));
  }

  @Test
  void whatIsErasedWhileAnotherProcessHasItLoadedIsInNoFile() throws IOException {
    Memory secret = stored(memory("Textzebra7x"));
    try (MemoryStore other = open()) {
      assertThat(other.candidates(live(ALICE), meaning(EAST, 5)).found()).hasSize(1);
      apply(erase(secret));
      requireInNoFile(secret);
    }
  }

  private void requireInNoFile(Memory... memories) throws IOException {
    for (Memory memory : memories) {
      requireInNoFile(memory.text(), memory.content().hash().hex());
      requireInNoFile(memory.text().split(" ", -1));
      requireInNoFile(
          Words.ofText(memory.text()).stream()
              .filter(term -> term.length() > 1)
              .toArray(String[]::new));
    }
  }

  private void requireInNoFile(String... texts) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path one : files.toList()) {
        String bytes = Files.readString(one, ISO_8859_1);
        assertThat(Stream.of(texts).filter(text -> bytes.contains(asBytes(text))))
            .as("found in %s", one.getFileName())
            .isEmpty();
      }
    }
  }

  private void requireInSomeFile(String text) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> all = new ArrayList<>();
      for (Path one : files.toList()) {
        all.add(Files.readString(one, ISO_8859_1));
      }
      assertThat(all).anyMatch(bytes -> bytes.contains(asBytes(text)));
    }
  }

  private static String asBytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  // Damage.

  @Test
  void aFileThatIsNoStoreIsUnavailableWithAHint() throws IOException {
    Path garbage = folder.resolve("garbage.db");
    Files.writeString(garbage, "This is not a database. ".repeat(1_000));
    requireUnavailable(
        catchThrowableOfType(Unavailable.class, () -> new SqliteStore(garbage, SPACE)), garbage);
  }

  @Test
  void aFolderInPlaceOfTheFileIsUnavailableWithAHint() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken.db"));
    requireUnavailable(
        catchThrowableOfType(Unavailable.class, () -> new SqliteStore(taken, SPACE)), taken);
  }

  @Test
  void aFileInPlaceOfTheDataFolderIsUnavailableWithAHint() throws IOException {
    Path taken = Files.createFile(folder.resolve("taken"));
    requireUnavailable(
        catchThrowableOfType(
            Unavailable.class, () -> new SqliteStore(taken.resolve("memory.db"), SPACE)),
        taken);
  }

  @Test
  void aDamagedFileIsUnavailableWithAHint() throws IOException {
    for (int i = 0; i < 200; i++) {
      stored(memory("memory " + i));
    }
    store.close();
    byte[] bytes = Files.readAllBytes(file());
    new Random(1).nextBytes(bytes);
    byte[] header = new byte[100];
    try (var in = Files.newInputStream(file())) {
      assertThat(in.readNBytes(header, 0, header.length)).isEqualTo(header.length);
    }
    System.arraycopy(header, 0, bytes, 0, header.length);
    Files.write(file(), bytes);
    requireUnavailable(catchThrowableOfType(Unavailable.class, this::open), file());
  }

  private static void requireUnavailable(Unavailable e, Path file) {
    assertThat(e).isNotNull().hasMessageContaining(file.toString());
    assertThat(e.getMessage())
        .doesNotContain("SELECT")
        .doesNotContain("PRAGMA")
        .doesNotContain("\n");
    assertThat(e.isPassing()).isFalse();
    assertThat(e.hint())
        .containsAnyOf("Put back a copy", "Put that right")
        .doesNotContain("doctor");
  }

  @Test
  void aDamagedVectorHidesItsMemoryAlone() throws SQLException {
    Memory tea = stored(memory("likes tea"));
    Memory milk = stored(memory("likes milk"));
    execute(
        "UPDATE passage SET vector = x'00' WHERE rid = (SELECT rid FROM memory WHERE id = '%s')"
            .formatted(milk.id()));

    assertThat(store.load(candidates(live(ALICE), new Query(EAST, List.of("like"), 5))))
        .contains(tea);
    assertThat(store.find(milk.id())).contains(milk);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata = '{broken'",
        "source = 'NOWHERE'",
        "user_id = 'alice', text = ''",
        "conversation = 'x'"
      })
  void aDamagedRowHidesItsMemoryAlone(String damage) throws SQLException {
    Memory tea = stored(memory("likes tea"));
    Memory milk = stored(memory("likes milk"));
    execute("UPDATE memory SET %s WHERE id = '%s'".formatted(damage, milk.id()));

    assertThat(store.list(live(ALICE), first(10))).contains(tea);
    assertThat(store.load(candidates(live(ALICE), meaning(EAST, 5)))).contains(tea);
  }

  @Test
  void damagedRowsDoNotKeepTheOthersFromBeingMoved() throws SQLException {
    Memory tea = stored(memory("likes tea"));
    Memory milk = stored(memory("likes milk"));
    Memory rum = stored(memory("likes rum"));
    execute("UPDATE history SET user_id = '' WHERE memory_id = '%s'".formatted(tea.id()));
    execute("UPDATE history SET event = 'X' WHERE memory_id = '%s'".formatted(milk.id()));
    assertThat(store.contents().dossiers(null, null, 1))
        .extracting(Dossier::id)
        .containsExactly(rum.id());
    assertThat(store.contents().dossiers(null, rum.id(), 1)).isEmpty();
  }

  @Test
  void aDamagedRowIsNamedWhereItIsAskedFor() throws SQLException {
    Memory milk = stored(memory("likes milk"));
    execute("UPDATE memory SET metadata = 'broken' WHERE id = '%s'".formatted(milk.id()));
    assertThatThrownBy(() -> store.find(milk.id()))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining(milk.id().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent_id = ''", "run_id = ' '", "metadata = 'x'", "source = 'NOBODY'"})
  void aDamagedRowIsErasedLikeAnyOther(String damage) throws SQLException {
    stored(memory("likes tea"));
    Memory one = stored(memory("likes milk"));
    Memory two = stored(memory("likes rum"));
    for (Memory memory : List.of(one, two)) {
      execute("UPDATE memory SET %s WHERE id = '%s'".formatted(damage, memory.id()));
    }
    assertThat(store.erase(one.id(), NOON, "tool")).isTrue();
    assertThat(store.erase(new Extent(ALICE, null, null), NOON, "tool")).isEqualTo(2);
    assertThat(store.list(live(ALICE), first(10))).isEmpty();
    assertThat(store.forgotten(ALICE, two.content().hash())).isTrue();
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();
    assertThatThrownBy(() -> store.count(live(ALICE)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private void reopen() {
    store.close();
    store = open();
  }

  private Path file() {
    return folder.resolve("memories.db");
  }

  private String setting(String pragma) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement();
        var result = statement.executeQuery("PRAGMA " + pragma)) {
      return result.getString(1);
    }
  }

  /// As another program would that writes into the file.
  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void whatIsDoneTogetherIsDoneWholeOrNotAtAll() {
    SqliteStore whole = (SqliteStore) store;
    Memory milk = memory("likes milk");
    assertThatThrownBy(() ->
            whole.together(() -> {
              stored(memory("likes tea"));
              whole.erase(new Extent(ALICE, null, null), NOON, "tool");
              throw new IllegalStateException("in between");
            }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(store.count(live(ALICE))).isZero();
    assertThat(store.forgotten(ALICE, memory("likes tea").content().hash())).isFalse();

    Outcome refused =
        whole.together(() -> {
          stored(milk);
          return store.apply(List.of(add(memory("likes rum")), add(memory("likes milk"))));
        });
    assertThat(refused).isEqualTo(new Outcome.Duplicate(milk.id()));
    assertThat(store.list(live(ALICE), first(10))).containsExactly(milk);
  }
}
