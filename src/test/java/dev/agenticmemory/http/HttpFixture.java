package dev.agenticmemory.http;

import dev.agenticmemory.audit.AuditFiles;
import dev.agenticmemory.audit.AuditLog;
import dev.agenticmemory.auth.Allowance;
import dev.agenticmemory.auth.Gatekeeper;
import dev.agenticmemory.auth.Issuer;
import dev.agenticmemory.auth.Token;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.engine.IngestWorker;
import dev.agenticmemory.engine.Lifecycle;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.engine.Workspaces;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.PromptedModel;
import dev.agenticmemory.llm.Prompts;
import dev.agenticmemory.llm.ScriptedModel;
import dev.agenticmemory.llm.openai.OpenAiChat;
import dev.agenticmemory.logging.LogForm;
import dev.agenticmemory.logging.LogLines;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import dev.agenticmemory.metrics.MeteredModel;
import dev.agenticmemory.metrics.Metrics;
import dev.agenticmemory.store.sqlite.SqliteStore;
import dev.agenticmemory.transport.McpEndpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The real server on a port of its own, with a real store and an embedder that knows words only.
final class HttpFixture implements AutoCloseable {

  private static final Limits LIMITS = new Limits(0, 1_000_000);

  private final SqliteStore store;
  private final TokenFile tokens;
  private final Metrics metrics = new Metrics(Clock.systemUTC());
  private final AuditFiles auditFiles;
  private final Audit audit;
  private final McpEndpoints mcp;
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Engine engine;
  private final @Nullable IngestWorker worker;
  private final List<Route> routes;
  private final HttpServer server;

  HttpFixture(Path folder) {
    this(folder, null, Duration.ZERO, null, LIMITS);
  }

  HttpFixture(Path folder, @Nullable Issuer issuer, Limits limits) {
    this(folder, null, Duration.ZERO, issuer, limits);
  }

  /// With a language model.
  ///
  /// @param patience how long an add waits for it
  HttpFixture(Path folder, ScriptedModel model, Duration patience) {
    this(folder, model, patience, null, LIMITS);
  }

  private HttpFixture(
      Path folder,
      @Nullable ScriptedModel model,
      Duration patience,
      @Nullable Issuer issuer,
      Limits limits) {
    Embedder embedder = new HashEmbedder(64);
    store = new SqliteStore(folder.resolve("memory.db"), embedder.space());
    engine =
        Engine.of(
            store,
            embedder,
            Refinement.NONE,
            model == null ? null : inference(model, patience),
            this::signal,
            Clock.systemUTC());
    worker = engine.queue() == null ? null : new IngestWorker(engine.queue());
    routes = new ArrayList<>(Mem0Routes.of(() -> engine));
    routes.addAll(TieredRoutes.of(() -> engine));
    metrics.watch(() -> Optional.of(engine));
    auditFiles = new AuditFiles(folder.resolve("audit"), 30, Clock.systemUTC());
    audit = new AuditLog(auditFiles, false, Clock.systemUTC());
    mcp =
        new McpEndpoints(
            new Dispatcher(new MemoryOffer(() -> engine, audit), () -> {}, "test"),
            request -> ((Caller) request.getAttribute(Door.CALLER)).through(Source.TOOL),
            Clock.systemUTC());
    tokens = new TokenFile(folder.resolve("tokens.json"), Clock.systemUTC());
    server =
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            List.of(
                new Watch(
                    metrics,
                    (address, status, holder) -> refused.add(address + " " + status + " " + holder),
                    new LogLines(LogForm.JSON, log::add, Clock.systemUTC())
                        .getLogger(Watch.class.getName())),
                new Gate(
                    InetAddress.getLoopbackAddress(),
                    Set.of("memory.example.org"),
                    Set.of("https://page.example.org")),
                new Door(
                    new Caller(new UserId("me"), false, null, Source.API, Sharing.USER),
                    new Gatekeeper(tokens, issuer),
                    limits,
                    List.of("/health", "/health/", "/openapi.json", "/.well-known/"),
                    Clock.systemUTC())),
            mounts(issuer));
    server.start();
  }

  private List<Mount> mounts(@Nullable Issuer issuer) {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount(new HealthServlet(health()), "/health", "/health/*"));
    mounts.add(new Mount(new MetricsServlet(metrics), "/metrics"));
    mounts.add(new Mount(new OpenApiServlet(), "/openapi.json"));
    mounts.add(new Mount(new RestServlet(routes, audit), "/v1/*", "/v2/*", "/memory/*"));
    mounts.add(new Mount(mcp.streamable(), "/mcp"));
    mounts.add(new Mount(mcp.sse(), McpEndpoints.SSE_PATHS));
    if (issuer != null) {
      mounts.add(
          new Mount(
              new ResourceMetadataServlet(issuer),
              ResourceMetadataServlet.PATH,
              ResourceMetadataServlet.PATH + "/*"));
    }
    return mounts;
  }

  /// Makes a token; from then on every caller needs one.
  TokenFile.Created token(List<String> users, List<String> agents, Right... rights) {
    return token(users, agents, null, rights);
  }

  TokenFile.Created token(
      List<String> users, List<String> agents, @Nullable Instant expires, Right... rights) {
    return token(users, agents, expires, Allowance.USUAL, rights);
  }

  /// A token for everything that has limits of its own.
  TokenFile.Created token(Allowance allowance) {
    return token(List.of(), List.of(), null, allowance, Right.values());
  }

  private TokenFile.Created token(
      List<String> users,
      List<String> agents,
      @Nullable Instant expires,
      Allowance allowance,
      Right... rights) {
    return tokens.create(
        new Token(
            "",
            "test",
            "",
            users.stream().map(UserId::new).toList(),
            agents.stream().map(AgentId::new).toList(),
            Set.of(rights),
            allowance,
            Instant.EPOCH,
            expires,
            null));
  }

  private List<HealthServlet.Component> health() {
    return List.of(
        new HealthServlet.Component(
            "store",
            () -> {
              var _ = engine.inspect().revision(null);
              return "ok";
            }));
  }

  /// The lines of the request log so far.
  List<String> log() {
    return log;
  }

  /// Who was refused so far: address, status and whose token.
  List<String> refused() {
    return refused;
  }

  TokenFile tokens() {
    return tokens;
  }

  private Inference inference(ScriptedModel model, Duration patience) {
    Duration callMax = Duration.ofSeconds(60);
    OpenAiChat chat =
        new OpenAiChat(
            model.openAiUrl(), "sk-test", "scripted", callMax, Map.of(), Clock.systemUTC());
    LanguageModel metered =
        new MeteredModel(new PromptedModel(chat, Prompts.read(null, null)), metrics);
    return new Inference(metered, patience, callMax);
  }

  private void signal() {
    Objects.requireNonNull(worker).signal();
  }

  Engine engine() {
    return engine;
  }

  /// The jobs on the same store, as another process would run them.
  Lifecycle jobs(Workspaces workspaces) {
    return Lifecycle.of(
        store,
        new HashEmbedder(64),
        engine.writer(),
        null,
        workspaces,
        new Lifecycle.Settings(new UserId("me"), 7),
        Clock.systemUTC());
  }

  List<Route> routes() {
    return routes;
  }

  Client client() {
    return new Client(server.port());
  }

  @Override
  public void close() {
    mcp.close();
    server.endAtOnce();
    try {
      auditFiles.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (worker != null) {
      worker.close();
    }
    store.close();
  }
}
