package dev.agenticmemory.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.OwnProcess;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.onnx.OnnxEmbedder;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.store.Contents;
import dev.agenticmemory.store.Dossier;
import dev.agenticmemory.store.Mark;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.s3vectors.StrictGate;
import dev.agenticmemory.store.search.RealServer;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A move once around all engines by the program itself, killed on the way without a farewell.
///
/// `./mvnw -Pengines test -Dtest=MigrationTest -Dmigration.memories=50000` moves more.
@Tag("engine")
final class MigrationTest {

  private static final Logger LOG = LoggerFactory.getLogger(MigrationTest.class);

  private static final int MEMORIES = Integer.getInteger("migration.memories", 2_000);
  private static final int PAGE = 500;

  /// At which parts of a move it is killed, or soon after.
  private static final List<Double> KILLS = List.of(0.25, 0.6);

  /// A page is on its way for about so long.
  private static final int PAGE_MS = 300;

  private static final int KILLED = 128 + 9;

  private static final Pattern PROGRESS = Pattern.compile("([\\d,]+) of ([\\d,]+)");

  @TempDir Path folder;

  private final Map<String, String> settings = new HashMap<>();
  private final Random random = new Random(7);

  @Test
  void whatIsMovedAroundAllEnginesAndKilledTwiceOnEachLegIsTheSame() throws Exception {
    fill();
    Path end = folder.resolve("end");
    settings.put("MEMORY_HOME", folder.resolve("home").toString());
    settings.put("VECTOR_STORE", "embedded");
    try (RealServer opensearch = RealServer.openSearch(folder.resolve("opensearch"))) {
      settings.put("OPENSEARCH_HOST", opensearch.address().toString());
      try (RealServer elasticsearch = RealServer.elasticsearch(folder.resolve("elasticsearch"))) {
        settings.put("ELASTICSEARCH_HOST", elasticsearch.address().toString());
        move("embedded:" + folder.resolve("start"), "elasticsearch");
        move("elasticsearch", "opensearch");
      }
      try (RealServer real = RealServer.s3Vectors(folder.resolve("s3vectors"));
          StrictGate gate = new StrictGate(real.address())) {
        settings.put("S3VECTORS_ENDPOINT", gate.address().toString());
        settings.put("AWS_ACCESS_KEY_ID", "test");
        settings.put("AWS_SECRET_ACCESS_KEY", "test");
        move("opensearch", "s3vectors");
        opensearch.kill();
        move("s3vectors", "embedded:" + end);
        assertThat(gate.refused()).isEmpty();
      }
    }
    requireSame(folder.resolve("start"), end);
  }

  private void fill() {
    long start = System.nanoTime();
    try (Embedder embedder =
            new OnnxEmbedder(OnnxEmbedder.Model.ALL_MINILM_L6_V2_Q, folder.resolve("native"));
        MemoryStore store =
            new SqliteStore(folder.resolve("start").resolve("memory.db"), embedder.space())) {
      Corpus.fill(store, new Indexer(embedder), MEMORIES);
    }
    LOG.info("{} memories made in {} s", MEMORIES, seconds(start));
  }

  private static long seconds(long since) {
    return Duration.ofNanos(System.nanoTime() - since).toSeconds();
  }

  /// Moves everything, with a kill at each of [#KILLS] before it is let to its end.
  private void move(String from, String to) throws Exception {
    for (double part : KILLS) {
      long start = System.nanoTime();
      Run run = new Run(from, to);
      run.killAfter(part);
      LOG.info("{} to {}: killed after {} s at {}", from, to, seconds(start), run.progress());
    }
    long start = System.nanoTime();
    Run run = new Run(from, to);
    assertThat(run.exitCode()).as(run.said()).isZero();
    assertThat(run.said())
        .contains("%,d memories in the source".formatted(MEMORIES))
        .contains("Verified: both hold the same.");
    LOG.info("{} to {}: done after {} s", from, to, seconds(start));
  }

  /// The program, moving.
  private final class Run {

    private final Process process;
    private final Reader out;
    private final StringBuilder said = new StringBuilder();

    Run(String from, String to) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
                  OwnProcess.command(
                      List.of("-Xmx1g"), List.of("migrate", "--from", from, "--to", to)))
              .redirectErrorStream(true);
      builder.environment().putAll(settings);
      process = builder.start();
      out = new InputStreamReader(process.getInputStream(), UTF_8);
    }

    /// Kills it in the middle of a page, once such a part is done.
    void killAfter(double part) throws Exception {
      while (done() < part) {
        readLine();
      }
      Thread.sleep(random.nextInt(PAGE_MS));
      process.destroyForcibly();
      assertThat(process.waitFor()).as(said()).isEqualTo(KILLED);
    }

    /// Reads on, to where the next line is written over the last.
    private void readLine() throws IOException {
      int character;
      do {
        character = out.read();
        assertThat(character).as("it ended: %s", said).isNotEqualTo(-1);
        said.append((char) character);
      } while (character != '\r');
    }

    /// The part that is done, as the program says.
    private double done() {
      Matcher matcher = PROGRESS.matcher(progress());
      return matcher.matches() ? number(matcher.group(1)) / number(matcher.group(2)) : 0;
    }

    /// What it said last.
    String progress() {
      return said.substring(said.lastIndexOf("]") + 1).strip();
    }

    int exitCode() throws Exception {
      for (int character = out.read(); character >= 0; character = out.read()) {
        said.append((char) character);
      }
      return process.waitFor();
    }

    String said() {
      return said.toString();
    }
  }

  private static double number(String text) {
    return Double.parseDouble(text.replace(",", ""));
  }

  private static void requireSame(Path start, Path end) {
    try (MemoryStore one = SqliteStore.asItIs(start.resolve("memory.db"));
        MemoryStore other = SqliteStore.asItIs(end.resolve("memory.db"))) {
      requireSame(one.contents(), other.contents());
      assertThat(other.key()).isEqualTo(one.key());
    }
  }

  private static void requireSame(Contents start, Contents end) {
    int memories = 0;
    int erased = 0;
    int revised = 0;
    MemoryId after = null;
    for (List<Dossier> page = start.dossiers(null, null, PAGE); !page.isEmpty(); ) {
      assertThat(end.dossiers(null, after, PAGE)).isEqualTo(page);
      memories += page.size();
      erased += (int) page.stream().filter(dossier -> dossier.states().isEmpty()).count();
      revised += (int) page.stream().filter(dossier -> dossier.states().size() > 1).count();
      after = page.getLast().id();
      page = start.dossiers(null, after, PAGE);
    }
    assertThat(end.dossiers(null, after, PAGE)).isEmpty();
    assertThat(memories).isEqualTo(MEMORIES);
    assertThat(erased).isGreaterThan(MEMORIES / 20);
    assertThat(revised).isGreaterThan(MEMORIES / 10);
    requireSameRest(start, end);
  }

  private static void requireSameRest(Contents start, Contents end) {
    List<Mark> marks = marks(start);
    assertThat(marks).isNotEmpty();
    assertThat(marks(end)).isEqualTo(marks);
    assertThat(start.tasks(null, null, MEMORIES)).isNotEmpty();
    assertThat(end.tasks(null, null, MEMORIES)).isEqualTo(start.tasks(null, null, MEMORIES));
    assertThat(start.seals(null, null, MEMORIES)).isNotEmpty();
    assertThat(end.seals(null, null, MEMORIES)).isEqualTo(start.seals(null, null, MEMORIES));
  }

  /// Without the move's own.
  private static List<Mark> marks(Contents contents) {
    return contents.marks(null, null, MEMORIES).stream()
        .filter(mark -> !mark.name().kind().equals("migration"))
        .toList();
  }
}
