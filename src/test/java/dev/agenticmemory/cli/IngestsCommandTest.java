package dev.agenticmemory.cli;

import static dev.agenticmemory.llm.ScriptedModel.facts;
import static dev.agenticmemory.llm.ScriptedModel.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.agenticmemory.Fixture;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.engine.IngestQueue;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.mcp.Tools;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@SuppressWarnings("NullAway.Init") // JUnit opens it first.
final class IngestsCommandTest {

  @TempDir Path folder;
  private final ScriptedModel model = new ScriptedModel();
  private final StringWriter err = new StringWriter();
  private MemoryStore store;
  private Engine engine;
  private boolean working = true;

  @BeforeEach
  void open() {
    HashEmbedder embedder = new HashEmbedder(64);
    store = new SqliteStore(folder.resolve("memory.db"), embedder.space());
    engine = engine(store, embedder, inference());
  }

  @AfterEach
  void close() {
    store.close();
    model.close();
  }

  @Test
  void whatIsTriedAgainIsDoneAndTheOutcomeTold() {
    MemoryId id = failedAdd();
    assertThat(run(0, "ingests")).contains("failed", "I live in Berlin");
    model.then(facts("User lives in Berlin"));
    assertThat(run(0, "ingests", "--retry", id.toString())).contains("done     " + id);
    assertThat(run(0, "ingests")).contains("Nothing waits");
  }

  @Test
  void whatFailsAgainIsToldWithTheReason() {
    MemoryId id = failedAdd();
    model.then(status(503, "{}"));
    assertThat(run(75, "ingests", "--retry-all")).contains("failed   " + id, "503", "next at");
    model.then(status(401, "{}"));
    assertThat(run(75, "ingests", "--retry-all")).contains("given up " + id, "401");
  }

  @Test
  void whatNobodyDoesInTimeIsSaidToWait() {
    MemoryId id = failedAdd();
    working = false;
    assertThat(run(75, "ingests", "--retry-all")).contains("waiting  " + id);
  }

  @Test
  void withoutAModelNothingIsTried() {
    MemoryId id = failedAdd();
    engine = engine(store, new HashEmbedder(64), null);
    assertThat(run(2, "ingests", "--retry", id.toString())).isEmpty();
    assertThat(err.toString()).contains("needs a language model", "Set LLM_MODEL.");
    assertThat(run(0, "ingests")).contains("failed");
  }

  private MemoryId failedAdd() {
    model.then(status(401, "{}"));
    String answer = run(0, "add", "I live in Berlin", "--json");
    return MemoryId.parse(Fixture.parsed(answer).path("results").path(0).path("id").asText());
  }

  private Inference inference() {
    OpenAiChat chat =
        new OpenAiChat(
            model.openAiUrl(),
            "sk-test",
            "scripted",
            Duration.ofSeconds(5),
            Map.of(),
            Clock.systemUTC());
    return new Inference(
        new PromptedModel(chat, Prompts.read(null, null)),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5));
  }

  private Engine engine(MemoryStore on, HashEmbedder embedder, @Nullable Inference inference) {
    return Engine.of(on, embedder, Refinement.NONE, inference, this::work, Clock.systemUTC());
  }

  private void work() {
    IngestQueue queue = Objects.requireNonNull(engine.queue());
    while (working && queue.step()) {
      Thread.onSpinWait();
    }
  }

  private String run(int exit, String... arguments) {
    StringWriter out = new StringWriter();
    List<Object> commands = new ArrayList<>();
    Tools tools = new Tools(() -> engine);
    commands.addAll(
        MemoryCommands.all((tool, a) -> tools.answer(Fixture.free(), tool, a), _ -> List.of()));
    commands.add(
        new IngestsCommand(() -> engine.ingests(), Fixture.free(), Duration.ofMillis(600)));
    CommandLine commandLine =
        Cli.of("test", commands).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    assertThat(commandLine.execute(arguments)).as("%s%s", out, err).isEqualTo(exit);
    return out.toString();
  }
}
