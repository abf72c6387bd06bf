package dev.agenticmemory.engine;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.openclaw.Layout;
import dev.agenticmemory.openclaw.NamedFolders;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/// The jobs on a real store and on real files, with a clock that the test moves.
final class LifecycleFixture implements AutoCloseable {

  static final UserId ALICE = new UserId("alice");
  static final AgentId MAIN = new AgentId("main");
  static final AgentId DEV = new AgentId("dev");
  static final AgentId OPS = new AgentId("ops");
  static final List<AgentId> AGENTS = List.of(MAIN, DEV, OPS);
  static final Caller CALLER = new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);
  static final LocalDate DAY = LocalDate.parse("2026-03-01");
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final int ARCHIVE_AFTER_DAYS = 7;

  final SwitchedEmbedder embedder;
  final MemoryStore store;
  final Engine engine;
  final Lifecycle lifecycle;
  final Clock clock;
  private final Path folder;
  private Instant now = NOON;

  LifecycleFixture(Path folder) {
    this(folder, null, UnaryOperator.identity());
  }

  LifecycleFixture(Path folder, @Nullable LanguageModel model, UnaryOperator<MemoryStore> around) {
    this.folder = folder;
    embedder = new SwitchedEmbedder(new HashEmbedder(256));
    InstantSource source = () -> now;
    clock = source.withZone(ZoneOffset.UTC);
    store = around.apply(new SqliteStore(folder.resolve("memories.db"), embedder.space()));
    engine = Engine.of(store, embedder, clock);
    Map<AgentId, Path> folders = new LinkedHashMap<>();
    AGENTS.forEach(agent -> folders.put(agent, folder.resolve(agent.value())));
    lifecycle =
        Lifecycle.of(
            store,
            embedder,
            engine.writer(),
            model,
            new NamedFolders(folders, new Layout("memory/YYYY-MM-DD*.md", "MEMORY.md")),
            new Lifecycle.Settings(ALICE, ARCHIVE_AFTER_DAYS),
            clock);
  }

  Instant now() {
    return now;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  void at(Instant instant) {
    now = instant;
  }

  LocalDate today() {
    return LocalDate.ofInstant(now, ZoneOffset.UTC);
  }

  Path diary(AgentId agent, LocalDate day) {
    return folder.resolve(agent.value()).resolve("memory").resolve(day + ".md");
  }

  Path notes(AgentId agent) {
    return folder.resolve(agent.value()).resolve("MEMORY.md");
  }

  /// Writes a file that nobody has changed for long.
  void write(Path file, String text) {
    write(file, text, now.minus(Duration.ofHours(1)));
  }

  void write(Path file, String text, Instant changed) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      Files.setLastModifiedTime(file, FileTime.from(changed));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Makes a diary that is too large to be read.
  void writeTooLarge(Path file) throws IOException {
    write(file, "");
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.position(64L << 20);
      channel.write(ByteBuffer.wrap(new byte[] {'x'}));
    }
  }

  static String entry(String time, String... lines) {
    return "### [" + time + "] Session main:abc\n" + String.join("\n", lines) + "\n\n";
  }

  /// Texts that a person deletes, and new ones that say something else, though they begin like
  /// these or share a word.
  static Stream<Arguments> newTexts() {
    return Stream.of(
        Arguments.of("tea\n", "teaching started today at the university\n"),
        Arguments.of("tea\n\n## Work\n", "## Plans\n- tea ceremony with Anna planned for May 3\n"),
        Arguments.of("## TODO\n", "## TODO\n- buy milk for grandma\n"),
        Arguments.of("- Likes tea\n", "- Likes teaching physics\n"),
        Arguments.of(
            "## Projects\n- Atlas\n", "## Projects\n- Atlas Copco accepted the offer of March\n"),
        Arguments.of(
            "## Allergies\n- none\n",
            "## Allergies\n- none known, but penicillin was never tested\n"),
        Arguments.of("## Allergies\n- none\n", "## Pets\n- none\n"),
        Arguments.of(
            "## Contact\n- Ann\n",
            "## Contact\n- Anna Petrova is the new accountant, phone 555 0100\n"));
  }

  JobReport digest() {
    return lifecycle.digest().run(new Digest.Days.Recent(), false, _ -> {});
  }

  JobReport dream() {
    return lifecycle.dream().run(false, _ -> {});
  }

  /// Keeps a short-term memory of a day, as a client does.
  Memory shortTerm(String run, String text, @Nullable AgentId agent, @Nullable String category) {
    return keep(text, agent, new RunId(run), category, null);
  }

  /// Keeps a memory of any kind.
  Memory keep(
      String text,
      @Nullable AgentId agent,
      @Nullable RunId run,
      @Nullable String category,
      @Nullable Instant expires) {
    return stored(
        new AddRequest(
            new Input.Text(text),
            null,
            agent,
            run,
            false,
            category,
            Metadata.EMPTY,
            null,
            expires,
            null,
            null));
  }

  Memory shortTerm(String run, String text) {
    return shortTerm(run, text, MAIN, null);
  }

  Memory longTerm(String text) {
    return keep(text, MAIN, null, null, null);
  }

  private Memory stored(AddRequest request) {
    return store
        .find(engine.addMemory().add(CALLER, request).items().getFirst().id())
        .orElseThrow();
  }

  /// The live memories of Alice, oldest first.
  List<Memory> memories(Selection.Runs runs, @Nullable AgentId agent) {
    Selection selection =
        new Selection(ALICE, agent, runs, Sharing.OFF, new Selection.Moment.Live(now), Filter.ALL);
    return store.list(selection, new Window(null, 0, 100_000)).reversed();
  }

  List<String> texts() {
    return memories(new Selection.Runs.All(), null).stream().map(Memory::text).toList();
  }

  List<String> texts(LocalDate day) {
    return memories(new Selection.Runs.Only(new RunId(day.toString())), null).stream()
        .map(Memory::text)
        .toList();
  }

  List<String> longTerm() {
    return memories(new Selection.Runs.LongTerm(), null).stream().map(Memory::text).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}
