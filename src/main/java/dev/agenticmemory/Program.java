package dev.agenticmemory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.cli.BenchTarget;
import dev.agenticmemory.cli.Check;
import dev.agenticmemory.cli.MigrateCommand;
import dev.agenticmemory.clients.Places;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.Jobs;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Indexer;
import dev.agenticmemory.engine.Inference;
import dev.agenticmemory.engine.IngestWorker;
import dev.agenticmemory.engine.Lifecycle;
import dev.agenticmemory.engine.Refinement;
import dev.agenticmemory.engine.Workspaces;
import dev.agenticmemory.eval.Dataset;
import dev.agenticmemory.eval.Evaluation;
import dev.agenticmemory.eval.Extraction;
import dev.agenticmemory.eval.ExtractionReport;
import dev.agenticmemory.eval.Report;
import dev.agenticmemory.http.Door;
import dev.agenticmemory.http.Mount;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.MemoryOffer;
import dev.agenticmemory.mcp.Tools;
import dev.agenticmemory.metrics.MeteredModel;
import dev.agenticmemory.openclaw.Layout;
import dev.agenticmemory.openclaw.NamedFolders;
import dev.agenticmemory.openclaw.OpenClaw;
import dev.agenticmemory.rerank.Reranker;
import dev.agenticmemory.schedule.ByHand;
import dev.agenticmemory.schedule.Scheduler;
import dev.agenticmemory.schedule.Turns;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Reembedding;
import dev.agenticmemory.store.RunSummary;
import dev.agenticmemory.store.sqlite.SqliteStore;
import dev.agenticmemory.transfer.Export;
import dev.agenticmemory.transfer.Import;
import dev.agenticmemory.transfer.Migration;
import dev.agenticmemory.transfer.Reembed;
import dev.agenticmemory.transport.LocalServer;
import dev.agenticmemory.transport.McpEndpoints;
import dev.agenticmemory.transport.StdioTransport;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of the program, each made when it is first needed: a client that starts a server is
/// answered before the store is open.
final class Program implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Program.class);

  /// How long a job that is asked for waits for another process's run of it.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Config config;
  private final String version;
  private final Map<String, String> environment;
  private @Nullable MemoryStore store;
  private @Nullable Embedder embedder;
  private @Nullable Engine engine;
  private @Nullable LanguageModel languageModel;
  private @Nullable IngestWorker worker;
  private @Nullable Network network;
  private @Nullable Lifecycle lifecycle;
  private @Nullable McpEndpoints endpoints;
  private @Nullable LocalServer local;
  private @Nullable Turns turns;
  private @Nullable Scheduler scheduler;
  private boolean serving;
  private boolean closed;

  Program(Config config, String version, Map<String, String> environment) {
    this.config = config;
    this.version = version;
    this.environment = environment;
  }

  /// Opens the store where that was not done yet.
  synchronized Engine engine() {
    if (closed) {
      throw new IllegalStateException("The program is ending");
    }
    if (engine == null) {
      MemoryStore opened = Stores.open(config, embedder().space());
      store = opened;
      Engine made =
          Engine.of(
              opened,
              embedder(),
              new Refinement(reranker(), config.diversity()),
              inference(),
              this::signal,
              Clock.systemUTC());
      engine = made;
      if (serving) {
        startWorker(made);
      }
    }
    return engine;
  }

  /// A server does what waits for the language model, whoever left it there; a command only what it
  /// puts there itself, since it would end in the middle of all else.
  private void startWorker(Engine of) {
    if (worker == null && !closed && of.queue() != null) {
      worker = new IngestWorker(of.queue());
    }
  }

  /// What writes memories to files.
  Export export() {
    return new Export(opened().contents());
  }

  /// What brings memories in from files.
  Import imports() {
    return new Import(opened(), new Indexer(embedder()));
  }

  private synchronized MemoryStore opened() {
    var _ = engine();
    return Objects.requireNonNull(store);
  }

  /// Works on a move between two stores, which are open meanwhile.
  Integer move(String from, String to, Migration.Extent extent, MigrateCommand.Work work) {
    try (MemoryStore source = Stores.asItIs(config, from);
        MemoryStore target = Stores.open(config, to, embedder().space())) {
      Indexer indexer = new Indexer(embedder());
      return work.on(new Migration(source, target, indexer, extent, Clock.systemUTC()));
    }
  }

  /// Works on a change of the model, for which the store is open meanwhile.
  int reembed(ToIntFunction<Reembed> work) {
    try (MemoryStore opened = Stores.asItIs(config, config.engine().name())) {
      Reembedding reembedding = opened.reembedding(embedder().space());
      return work.applyAsInt(new Reembed(reembedding, new Indexer(embedder())));
    }
  }

  /// The jobs on the same store.
  synchronized Lifecycle lifecycle() {
    if (lifecycle == null) {
      MemoryStore on = opened();
      lifecycle =
          Lifecycle.of(
              on,
              embedder(),
              engine().writer(),
              languageModel(),
              workspaces(),
              new Lifecycle.Settings(config.defaultUser(), config.jobs().archiveAfterDays()),
              Clock.systemUTC());
    }
    return lifecycle;
  }

  private synchronized Turns turns() {
    if (turns == null) {
      turns = new Turns(opened(), Clock.systemUTC(), Launch.process());
    }
    return turns;
  }

  /// Runs a job for who asks for it now.
  ByHand byHand() {
    return new ByHand(turns(), PATIENCE);
  }

  /// Runs the jobs at their times, until the program ends.
  private synchronized void startJobs() {
    if (!closed && scheduler == null) {
      scheduler = JobTimes.start(config.jobs(), this::lifecycle, this::turns);
    }
  }

  private Workspaces workspaces() {
    Jobs jobs = config.jobs();
    Layout layout = new Layout(jobs.diary(), jobs.notes());
    return jobs.workspaces().isEmpty()
        ? new OpenClaw(
            new OpenClaw.Place(jobs.openClaw(), jobs.openClawConfig(), jobs.userHome()),
            layout,
            environment)
        : new NamedFolders(jobs.workspaces(), layout);
  }

  private @Nullable Inference inference() {
    LanguageModel model = languageModel();
    return model == null ? null : new Inference(model, Inference.PATIENCE, config.llm().timeout());
  }

  /// Null where none is configured.
  private synchronized @Nullable LanguageModel languageModel() {
    if (languageModel == null) {
      LanguageModel model = Models.languageModel(config.llm(), Clock.systemUTC());
      languageModel = model == null ? null : metered(model);
    }
    return languageModel;
  }

  private LanguageModel metered(LanguageModel model) {
    return network == null ? model : new MeteredModel(model, network.metrics());
  }

  /// Null where none is configured.
  private @Nullable Reranker reranker() {
    return Models.reranker(config, this::metered, Clock.systemUTC());
  }

  private synchronized void signal() {
    if (engine != null) {
      startWorker(engine);
    }
    if (worker != null) {
      worker.signal();
    }
  }

  /// Calls one tool for the person at the command line.
  ObjectNode call(String tool, ObjectNode arguments) {
    return new Tools(this::engine).answer(person(), tool, arguments);
  }

  /// The runs of a user, for the person at the command line.
  List<RunSummary> runs(@Nullable String user) {
    return engine().inspect().runs(person(), user == null ? null : new UserId(user));
  }

  /// The person at the command line.
  Caller person() {
    return new Caller(config.defaultUser(), false, config.agent(), Source.API, config.sharing());
  }

  /// Serves one MCP client by itself, until its input ends.
  void serve(Caller caller, InputStream in, OutputStream out) throws IOException {
    try (Dispatcher dispatcher = ownDispatcher()) {
      new StdioTransport(dispatcher, caller, out).serve(in);
    }
  }

  /// For what clients start, which may be where jobs run.
  Dispatcher ownDispatcher() {
    startJobsOfClients();
    return dispatcher();
  }

  private void startJobsOfClients() {
    if (config.jobs().where() == Jobs.Where.STDIO) {
      startJobs();
    }
  }

  private static Caller caller(HttpServletRequest request) {
    return ((Caller) request.getAttribute(Door.CALLER)).through(Source.TOOL);
  }

  private synchronized McpEndpoints endpoints() {
    if (endpoints == null) {
      endpoints = new McpEndpoints(dispatcher(), Program::caller, Clock.systemUTC());
    }
    return endpoints;
  }

  private synchronized Dispatcher dispatcher() {
    serving = true;
    if (engine != null) {
      startWorker(engine);
    }
    return new Dispatcher(new MemoryOffer(this::engine, audit()), this::warmUp, version);
  }

  /// What is served on the network is noted.
  private synchronized Audit audit() {
    return network == null ? Audit.NONE : network.audit();
  }

  /// Serves one session on another data folder, with this program's settings otherwise.
  void serveOn(Path home, InputStream in, OutputStream out) throws IOException {
    Config there = config.withHome(home);
    try (Program other = new Program(there, version, environment)) {
      other.serve(Stdio.caller(there), in, out);
    }
  }

  /// Without it each stdio process has an engine of its own, which is no reason not to serve.
  private void openLocalServer() {
    try {
      LocalServer stdio =
          LocalServer.open(config.home(), Stdio.settings(config, version), dispatcher());
      synchronized (this) {
        local = stdio;
      }
    } catch (IOException e) {
      LOG.warn("Stdio processes are not served, and work by themselves: {}", e.toString());
    }
  }

  /// Serves the stdio processes of the data folder until none has been there for a time. Ends at
  /// once where another server does that already.
  void serveLocally() throws IOException, InterruptedException {
    Optional<LocalServer> opened =
        LocalServer.openAlone(config.home(), Stdio.settings(config, version), dispatcher());
    if (opened.isEmpty()) {
      LOG.warn("Another server has the place at this data folder, so this one ends");
      return;
    }
    synchronized (this) {
      local = opened.get();
    }
    warmUp();
    startJobsOfClients();
    opened.get().awaitIdle(config.serverIdle());
  }

  /// Serves on the network, and the stdio processes of the same data folder, until the process is
  /// told to end.
  void serveHttp() throws IOException, InterruptedException {
    Stores.requireWritable(config);
    Logs.ofServer(config.service().logFormat());
    Network made = new Network(config);
    synchronized (this) {
      network = made;
    }
    made.metrics().watch(this::openEngine);
    made.start(this::engine, mounts());
    openLocalServer();
    warmUp();
    if (config.jobs().where() != Jobs.Where.OFF) {
      startJobs();
    }
    made.join();
  }

  /// What answers beside REST, and where.
  private List<Mount> mounts() {
    McpEndpoints mcp = endpoints();
    return List.of(
        new Mount(mcp.streamable(), "/mcp"), new Mount(mcp.sse(), McpEndpoints.SSE_PATHS));
  }

  private synchronized Optional<Engine> openEngine() {
    return Optional.ofNullable(closed ? null : engine);
  }

  /// The tokens of `serve`.
  TokenFile tokens() {
    return Network.tokens(config);
  }

  /// What `bench` measures, on another data folder.
  BenchTarget benchTarget(Path home) {
    return new EngineBench(home.resolve("memory.db"), embedder());
  }

  /// Runs a dataset through a store of its own.
  Report evaluate(Dataset dataset, boolean rerank, Path home, Consumer<String> progress) {
    Reranker reranker = rerank ? reranker() : null;
    if (rerank && reranker == null) {
      throw new InvalidInput(
          "--rerank",
          "needs a reranker, and none is configured",
          "Set RERANK_URL, or RERANK_PROVIDER=llm and a language model.");
    }
    Embedder model = embedder();
    try (MemoryStore other = new SqliteStore(home.resolve("memory.db"), model.space())) {
      return Evaluation.of(
          dataset, other, model, new Refinement(reranker, 0), Clock.systemUTC(), progress);
    }
  }

  /// Plays the table of conversations with the language model of the settings.
  ExtractionReport evaluateExtraction(Path home, Consumer<String> progress) {
    Inference real = inference();
    if (real == null) {
      throw new InvalidInput(
          "--extract", "needs a language model, and none is configured", "Set LLM_MODEL.");
    }
    return new Extraction(
            embedder(),
            row -> new SqliteStore(home.resolve(row).resolve("memory.db"), embedder().space()),
            real)
        .run(progress);
  }

  /// What `doctor` looks at.
  List<Check> checks(Places places) {
    return Checks.of(
        config, this::engine, this::embedder, this::languageModel, this::workspaces, places);
  }

  private synchronized Embedder embedder() {
    if (embedder == null) {
      embedder = Models.embedder(config, Stores.nativeDir(config), Clock.systemUTC());
    }
    return embedder;
  }

  private void warmUp() {
    Thread.ofPlatform().daemon().name("warm-up").start(this::open);
  }

  private void open() {
    try {
      embedder().warmUp();
      var _ = engine();
    } catch (MemoryException e) {
      LOG.warn("{}. {}", e.getMessage(), e.hint()); // The first call that needs it says so too.
    }
  }

  /// Requests under way are answered first, for which they need what is closed next.
  @Override
  public void close() {
    Network running;
    McpEndpoints mcp;
    LocalServer stdio;
    Scheduler jobs;
    Turns runs;
    synchronized (this) {
      running = network;
      mcp = endpoints;
      stdio = local;
      jobs = scheduler;
      runs = turns;
    }
    if (stdio != null) {
      stdio.close();
    }
    if (mcp != null) {
      mcp.close();
    }
    if (running != null) {
      running.close();
    }
    if (jobs != null) {
      jobs.close();
    }
    if (runs != null) {
      runs.close();
    }
    closeParts();
  }

  private synchronized void closeParts() {
    if (closed) {
      return;
    }
    closed = true;
    if (worker != null) {
      worker.close();
    }
    if (store != null) {
      store.close();
    }
    if (embedder != null) {
      embedder.close();
    }
  }
}
