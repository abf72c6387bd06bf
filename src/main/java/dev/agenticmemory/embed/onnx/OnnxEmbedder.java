package dev.agenticmemory.embed.onnx;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.bgesmallenv15q.BgeSmallEnV15QuantizedEmbeddingModel;
import java.lang.Character.UnicodeScript;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A small model in the ONNX runtime. Loads in the background, in about a second.
public final class OnnxEmbedder implements Embedder {

  /// The models that come with the program.
  public enum Model {
    ALL_MINILM_L6_V2_Q("all-minilm-l6-v2-q"),
    BGE_SMALL_EN_V15_Q("bge-small-en-v15-q");

    private static final int DIMENSIONS = 384;

    private final String id;

    Model(String id) {
      this.id = id;
    }

    /// The name of the model in the settings.
    public String id() {
      return id;
    }

    public EmbeddingSpace space() {
      return new EmbeddingSpace(id, DIMENSIONS);
    }

    private EmbeddingModel load() {
      return switch (this) {
        case ALL_MINILM_L6_V2_Q -> new AllMiniLmL6V2QuantizedEmbeddingModel();
        case BGE_SMALL_EN_V15_Q -> new BgeSmallEnV15QuantizedEmbeddingModel();
      };
    }
  }

  /// Both models were trained on texts of up to this many word pieces.
  private static final int WINDOW_TOKENS = 256;

  /// How long the end of the process waits for a model that is being loaded.
  private static final Duration LOADING_MAX = Duration.ofSeconds(20);

  /// Makes the model, slowly.
  private interface Loader {
    EmbeddingModel load();
  }

  private final EmbeddingSpace space;
  private final Loader loader;
  private final Function<Purpose, String> prefix;
  private final Predicate<UnicodeScript> reads;
  private final Path nativeDir;
  private @Nullable CompletableFuture<EmbeddingModel> loading;

  /// For one of the models, which is not loaded yet.
  ///
  /// @param nativeDir where the runtime's native libraries are unpacked, once
  public OnnxEmbedder(Model model, Path nativeDir) {
    this(model.space(), model::load, _ -> "", OnnxEmbedder::isLatin, nativeDir);
  }

  /// A model in a folder: `model.onnx` and `tokenizer.json`.
  ///
  /// @param cls whether the first token stands for the text, not the mean of all
  /// @param textPrefix what it wants before a text that is kept, joined by a blank; empty for
  ///   nothing
  /// @param queryPrefix likewise before what is looked for
  public record Folder(Path path, boolean cls, String textPrefix, String queryPrefix) {
    private EmbeddingModel load() {
      return new OnnxEmbeddingModel(
          path.resolve("model.onnx"),
          path.resolve("tokenizer.json"),
          cls ? PoolingMode.CLS : PoolingMode.MEAN);
    }

    private String prefix(Purpose purpose) {
      String prefix =
          switch (purpose) {
            case STORE -> textPrefix;
            case SEARCH -> queryPrefix;
          };
      return prefix.isEmpty() ? "" : prefix + " ";
    }
  }

  /// For the model in a folder of the user's.
  public OnnxEmbedder(EmbeddingSpace space, Folder folder, Path nativeDir) {
    this(space, folder::load, folder::prefix, _ -> true, nativeDir);
  }

  private OnnxEmbedder(
      EmbeddingSpace space,
      Loader loader,
      Function<Purpose, String> prefix,
      Predicate<UnicodeScript> reads,
      Path nativeDir) {
    this.space = space;
    this.loader = loader;
    this.prefix = prefix;
    this.reads = reads;
    this.nativeDir = nativeDir;
  }

  @Override
  public EmbeddingSpace space() {
    return space;
  }

  @Override
  public int windowTokens() {
    return WINDOW_TOKENS;
  }

  @Override
  public boolean reads(UnicodeScript script) {
    return reads.test(script);
  }

  /// Both models of ours were trained on English; other languages in Latin letters they half
  /// understand.
  private static boolean isLatin(UnicodeScript script) {
    return script == UnicodeScript.LATIN;
  }

  @Override
  public void warmUp() {
    var _ = loading();
  }

  @Override
  public List<Embedding> embed(List<String> texts, Purpose purpose) {
    EmbeddingModel loaded = loaded();
    String lead = prefix.apply(purpose);
    List<Embedding> embeddings = new ArrayList<>(texts.size());
    for (String text : texts) {
      embeddings.add(Embedding.of(loaded.embed(lead + text).content().vector()));
    }
    return embeddings;
  }

  private EmbeddingModel loaded() {
    try {
      return loading().join();
    } catch (CompletionException e) {
      forgetFailure();
      throw new Unavailable(
          "The embedding model %s could not be loaded: %s".formatted(space(), e.getCause()),
          "Run `agentic-memory doctor`; it tries the model and says what is missing.",
          e);
    }
  }

  private synchronized CompletableFuture<EmbeddingModel> loading() {
    if (loading == null) {
      CompletableFuture<EmbeddingModel> future = new CompletableFuture<>();
      // A platform thread: loading is native code, which would hold on to a carrier thread.
      Thread.ofPlatform().daemon().name("load-embedding-model").start(() -> load(future));
      loading = future;
    }
    return loading;
  }

  private void load(CompletableFuture<EmbeddingModel> future) {
    try {
      NativeLibraries.prepare(nativeDir);
      NativeLibraries.holdEnvironment();
      EmbeddingModel loaded = loader.load();
      loaded.embed("The first call is slow.");
      future.complete(loaded);
    } catch (Throwable e) {
      // Missing native code is an Error, not an Exception; all of it belongs to who waits.
      future.completeExceptionally(e);
    }
  }

  /// Waits for a model that is being loaded: a process that ends meanwhile crashes in native code.
  @Override
  public void close() {
    CompletableFuture<EmbeddingModel> under;
    synchronized (this) {
      under = loading;
    }
    if (under != null) {
      try {
        var _ = under.get(LOADING_MAX.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException _) {
        // There is nothing that could crash, or nothing to be done.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void forgetFailure() {
    if (loading != null && loading.isCompletedExceptionally()) {
      loading = null;
    }
  }
}
