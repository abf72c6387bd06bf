package dev.agenticmemory.http;

import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.engine.IngestWorker;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The real server on a port of its own, with a real store and an embedder that knows words only.
final class HttpFixture implements AutoCloseable {

  private final SqliteStore store;
  private final Engine engine;
  private final @Nullable IngestWorker worker;
  private final List<Route> routes;
  private final HttpServer server;

  HttpFixture(Path folder) {
    this(folder, null, Duration.ZERO);
  }

  /// With a language model.
  ///
  /// @param patience how long an add waits for it
  HttpFixture(Path folder, @Nullable ScriptedModel model, Duration patience) {
    Embedder embedder = new HashEmbedder(64);
    store = new SqliteStore(folder.resolve("memory.db"), embedder.space());
    engine =
        Engine.of(
            store,
            embedder,
            null,
            model == null ? null : inference(model, patience),
            this::signal,
            Clock.systemUTC());
    worker = engine.queue() == null ? null : new IngestWorker(engine.queue());
    routes = new ArrayList<>(Mem0Routes.of(() -> engine));
    routes.addAll(TieredRoutes.of(() -> engine));
    server =
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(new Door(new Caller(new UserId("me"), false, null, Source.API, Sharing.USER))),
            List.of(
                new Mount(new HealthServlet(), "/health"),
                new Mount(new OpenApiServlet(), "/openapi.json"),
                new Mount(new RestServlet(routes), "/v1/*", "/v2/*", "/memory/*")));
    server.start();
  }

  private static Inference inference(ScriptedModel model, Duration patience) {
    Duration callMax = Duration.ofSeconds(60);
    OpenAiChat chat =
        new OpenAiChat(
            model.openAiUrl(), "sk-test", "scripted", callMax, Map.of(), Clock.systemUTC());
    return new Inference(new PromptedModel(chat, Prompts.read(null, null)), patience, callMax);
  }

  private void signal() {
    Objects.requireNonNull(worker).signal();
  }

  Engine engine() {
    return engine;
  }

  List<Route> routes() {
    return routes;
  }

  Client client() {
    return new Client(server.port());
  }

  @Override
  public void close() {
    server.close();
    if (worker != null) {
      worker.close();
    }
    store.close();
  }
}
