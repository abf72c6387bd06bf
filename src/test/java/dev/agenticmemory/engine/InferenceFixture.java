package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.llm.Chat;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.bedrock.BedrockChat;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.Window;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The use cases with a real store and a real client of a scripted model. What is due is done in
/// the thread of the add, so that nothing has to be waited for.
final class InferenceFixture implements AutoCloseable {

  static final UserId ALICE = new UserId("alice");
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final Caller CALLER = new Caller(ALICE, false, null, Source.TOOL, Sharing.USER);
  static final Duration CALL_MAX = Duration.ofSeconds(5);

  final ScriptedModel model;
  final MemoryStore store;
  final Engine engine;
  final SwitchedEmbedder embedder;
  private final boolean ownModel;
  private Instant now = NOON;
  private boolean working = true;

  /// What the model is asked by.
  enum Wire {
    OPENAI {
      @Override
      Chat chat(String url, Duration timeout, Clock clock) {
        return new OpenAiChat(url + "/v1", "sk-test", "scripted", timeout, Map.of(), clock);
      }
    },
    BEDROCK {
      @Override
      Chat chat(String url, Duration timeout, Clock clock) {
        System.setProperty("aws.accessKeyId", "AKIATESTTESTTESTTEST");
        System.setProperty("aws.secretAccessKey", "verysecret");
        return new BedrockChat("amazon.nova-lite-v1:0", "eu-central-1", url, timeout, clock);
      }
    };

    abstract Chat chat(String url, Duration timeout, Clock clock);
  }

  InferenceFixture(Path folder) {
    this(folder, Wire.OPENAI, CALL_MAX);
  }

  InferenceFixture(Path folder, Wire wire, Duration timeout) {
    this(folder, wire, new ScriptedModel(), UnaryOperator.identity(), timeout);
  }

  InferenceFixture(
      Path folder, ScriptedModel model, UnaryOperator<MemoryStore> around, Duration timeout) {
    this(folder, Wire.OPENAI, model, around, timeout);
  }

  /// Asks a model of another process.
  static InferenceFixture asking(Path folder, String modelUrl, UnaryOperator<MemoryStore> around) {
    return new InferenceFixture(folder, Wire.OPENAI, null, modelUrl, around, CALL_MAX);
  }

  private InferenceFixture(
      Path folder,
      Wire wire,
      ScriptedModel model,
      UnaryOperator<MemoryStore> around,
      Duration timeout) {
    this(folder, wire, model, model.url(), around, timeout);
  }

  @SuppressWarnings("NullAway") // Without a model of its own nobody asks for it.
  private InferenceFixture(
      Path folder,
      Wire wire,
      @Nullable ScriptedModel model,
      String modelUrl,
      UnaryOperator<MemoryStore> around,
      Duration timeout) {
    this.model = model;
    this.ownModel = model != null;
    embedder = new SwitchedEmbedder(new HashEmbedder(256));
    InstantSource source = () -> now;
    Clock clock = source.withZone(ZoneOffset.UTC);
    store = around.apply(new SqliteStore(folder.resolve("memories.db"), embedder.space()));
    Chat chat = wire.chat(modelUrl, timeout, clock);
    Inference inference =
        new Inference(
            new PromptedModel(chat, Prompts.read(null, null)), Duration.ofSeconds(30), timeout);
    engine = Engine.of(store, embedder, Refinement.NONE, inference, this::signalled, clock);
  }

  private void signalled() {
    if (working) {
      work();
    }
  }

  /// From now on nothing is done by itself.
  InferenceFixture idle() {
    working = false;
    return this;
  }

  /// Does all that is due. Returns how many attempts that were.
  int work() {
    int attempts = 0;
    IngestQueue queue = java.util.Objects.requireNonNull(engine.queue());
    while (queue.step()) {
      attempts++;
    }
    return attempts;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  Added add(String text) {
    return add(new Input.Text(text), null);
  }

  Added add(Input input, @Nullable String key) {
    return engine.addMemory().add(CALLER, request(input, key, null, Metadata.EMPTY));
  }

  static AddRequest request(
      Input input, @Nullable String key, @Nullable Instant observed, Metadata metadata) {
    return new AddRequest(input, null, null, null, true, null, metadata, observed, null, key, null);
  }

  /// The settled and pending memories of Alice, oldest first.
  List<Memory> memories() {
    Selection all =
        new Selection(
            ALICE,
            null,
            new Selection.Runs.All(),
            Sharing.USER,
            new Selection.Moment.Live(now),
            Filter.ALL);
    return store.list(all, new Window(null, 0, 1_000)).reversed();
  }

  List<String> texts() {
    return memories().stream().map(Memory::text).toList();
  }

  @Override
  public void close() {
    store.close();
    if (ownModel) {
      model.close();
    }
  }
}
