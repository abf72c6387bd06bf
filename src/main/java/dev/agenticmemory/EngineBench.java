package dev.agenticmemory;

import dev.agenticmemory.cli.BenchTarget;
import dev.agenticmemory.domain.Author;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.Filter;
import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Input;
import dev.agenticmemory.engine.SearchRequest;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Selection;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The embedded store with the configured model, in a folder of its own.
final class EngineBench implements BenchTarget {

  private static final Caller CALLER =
      new Caller(new UserId("bench"), true, null, Source.API, Sharing.USER);

  private final MemoryStore store;
  private final Timed embedder;
  private final Engine engine;

  EngineBench(Path file, Embedder embedder) {
    this.embedder = new Timed(embedder);
    store = new SqliteStore(file, embedder.space());
    engine = Engine.of(store, this.embedder, Clock.systemUTC());
  }

  @Override
  public void fill(List<String> texts) {
    for (int from = 0; from < texts.size(); from += Input.Messages.MESSAGES_MAX) {
      int to = Math.min(texts.size(), from + Input.Messages.MESSAGES_MAX);
      List<Input.Message> messages = new ArrayList<>();
      texts.subList(from, to).forEach(t -> messages.add(new Input.Message(Author.USER, t, null)));
      add(new Input.Messages(messages));
    }
  }

  @Override
  public void add(String text) {
    add(new Input.Text(text));
  }

  @Override
  public void search(String query) {
    var _ =
        engine
            .searchMemories()
            .search(
                CALLER,
                new SearchRequest(
                    query,
                    null,
                    null,
                    new Selection.Runs.LongTerm(),
                    10,
                    0,
                    Filter.ALL,
                    null,
                    false));
  }

  @Override
  public long embeddingNanos() {
    return embedder.nanos.get();
  }

  @Override
  public void close() {
    store.close();
  }

  private void add(Input input) {
    var _ =
        engine
            .addMemory()
            .add(
                CALLER,
                new AddRequest(
                    input, null, null, null, false, null, Metadata.EMPTY, null, null, null, null));
  }

  /// An embedder that counts the time it takes.
  private record Timed(Embedder embedder, AtomicLong nanos) implements Embedder {

    Timed(Embedder embedder) {
      this(embedder, new AtomicLong());
    }

    @Override
    public EmbeddingSpace space() {
      return embedder.space();
    }

    @Override
    public int windowTokens() {
      return embedder.windowTokens();
    }

    @Override
    public List<Embedding> embed(List<String> texts, Purpose purpose) {
      long start = System.nanoTime();
      try {
        return embedder.embed(texts, purpose);
      } finally {
        nanos.addAndGet(System.nanoTime() - start);
      }
    }
  }
}
