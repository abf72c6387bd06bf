package dev.agenticmemory;

import dev.agenticmemory.audit.AuditFiles;
import dev.agenticmemory.audit.AuditLog;
import dev.agenticmemory.audit.Destination;
import dev.agenticmemory.audit.RefusalLog;
import dev.agenticmemory.audit.Shipper;
import dev.agenticmemory.auth.Gatekeeper;
import dev.agenticmemory.auth.Issuer;
import dev.agenticmemory.auth.TokenFile;
import dev.agenticmemory.config.Auditing;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.OAuth;
import dev.agenticmemory.config.Secret;
import dev.agenticmemory.config.Service;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.http.Connections;
import dev.agenticmemory.http.Door;
import dev.agenticmemory.http.Gate;
import dev.agenticmemory.http.HealthServlet;
import dev.agenticmemory.http.HttpServer;
import dev.agenticmemory.http.Limits;
import dev.agenticmemory.http.Mem0Routes;
import dev.agenticmemory.http.MetricsServlet;
import dev.agenticmemory.http.Mount;
import dev.agenticmemory.http.OpenApiServlet;
import dev.agenticmemory.http.Refusals;
import dev.agenticmemory.http.ResourceMetadataServlet;
import dev.agenticmemory.http.RestServlet;
import dev.agenticmemory.http.Route;
import dev.agenticmemory.http.TieredRoutes;
import dev.agenticmemory.http.Tls;
import dev.agenticmemory.http.Watch;
import dev.agenticmemory.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What `serve` is made of.
final class Network implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Network.class);

  /// Paths that need no token.
  private static final List<String> OPEN =
      List.of(
          "/health",
          "/health/",
          "/openapi.json",
          ResourceMetadataServlet.PATH,
          ResourceMetadataServlet.PATH + "/");

  private final Config config;
  private final Metrics metrics = new Metrics(Clock.systemUTC());
  private final Gatekeeper gatekeeper;
  private final @Nullable AuditFiles auditFiles;
  private final @Nullable RefusalLog refusalLog;
  private final @Nullable Shipper shipper;
  private final Audit audit;
  private @Nullable HttpServer server;

  Network(Config config) {
    this.config = config;
    Auditing auditing = config.service().auditing();
    gatekeeper = new Gatekeeper(tokens(config), issuer());
    auditFiles =
        auditing.days() == 0
            ? null
            : new AuditFiles(config.home().resolve("audit"), auditing.days(), Clock.systemUTC());
    audit =
        auditFiles == null
            ? Audit.NONE
            : new AuditLog(auditFiles, auditing.texts(), Clock.systemUTC());
    refusalLog = auditFiles == null ? null : new RefusalLog(auditFiles, Clock.systemUTC());
    shipper =
        auditFiles == null || auditing.url() == null
            ? null
            : new Shipper(
                auditFiles,
                new Destination(auditing.url(), auditing.index(), value(auditing.authorization())));
  }

  static TokenFile tokens(Config config) {
    return new TokenFile(config.home().resolve("tokens.json"), Clock.systemUTC());
  }

  Metrics metrics() {
    return metrics;
  }

  Audit audit() {
    return audit;
  }

  /// Refuses an address that other machines reach while nobody needs a token.
  void requireLock() {
    Service service = config.service();
    if (!service.address().getAddress().isLoopbackAddress() && !gatekeeper.isLocked()) {
      throw new Forbidden(
          "SERVICE_HOST %s lets other machines in, and no token is asked for"
              .formatted(service.address().getHostString()),
          "Make a token with `agentic-memory token create`, or set OAUTH_ISSUER; or leave"
              + " SERVICE_HOST out.");
    }
  }

  /// Begins to listen.
  ///
  /// @param more what answers beside REST
  void start(Supplier<Engine> engine, List<Mount> more) {
    requireLock();
    Service service = config.service();
    List<Mount> mounts = mounts(engine);
    mounts.addAll(more);
    HttpServer made =
        new HttpServer(
            service.address(),
            tls(service),
            new Connections(service.connectionsPerAddress()),
            List.of(
                new Watch(metrics, refusals(), LoggerFactory.getLogger(Watch.class)),
                new Gate(
                    service.address().getAddress(),
                    service.allowedHosts(),
                    service.allowedOrigins()),
                new Door(
                    anybody(),
                    gatekeeper,
                    new Limits(service.requestsPerMinute(), service.bodyBytesMax()),
                    OPEN,
                    Clock.systemUTC())),
            mounts);
    server = made;
    if (shipper != null) {
      shipper.start(); // Before the first line is written: with it old files go.
    }
    if (refusalLog != null) {
      refusalLog.start();
    }
    made.start();
    LOG.info(
        "Serving on {}://{}:{}, {}",
        service.keystore() == null ? "http" : "https",
        service.address().getAddress().getHostAddress(),
        made.port(),
        gatekeeper.isLocked() ? "with tokens" : "to everybody on this machine");
  }

  private Refusals refusals() {
    return refusalLog == null ? Refusals.NONE : refusalLog::note;
  }

  /// Returns when the server has ended.
  void join() throws InterruptedException {
    if (server != null) {
      server.join();
    }
  }

  private List<Mount> mounts(Supplier<Engine> engine) {
    List<Route> routes = new ArrayList<>(Mem0Routes.of(engine));
    routes.addAll(TieredRoutes.of(engine));
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount(new HealthServlet(components(engine)), "/health", "/health/*"));
    mounts.add(new Mount(new MetricsServlet(metrics), "/metrics"));
    mounts.add(new Mount(new OpenApiServlet(), "/openapi.json"));
    mounts.add(new Mount(new RestServlet(routes, audit), "/v1/*", "/v2/*", "/memory/*"));
    Issuer issuer = issuer();
    if (issuer != null) {
      mounts.add(
          new Mount(
              new ResourceMetadataServlet(issuer),
              ResourceMetadataServlet.PATH,
              ResourceMetadataServlet.PATH + "/*"));
    }
    return mounts;
  }

  private static List<HealthServlet.Component> components(Supplier<Engine> engine) {
    return List.of(
        new HealthServlet.Component(
            "store",
            () -> {
              var _ = engine.get().inspect().revision(null);
              return "ok";
            }),
        new HealthServlet.Component(
            "language_model", () -> engine.get().queue() == null ? "none" : "configured"),
        new HealthServlet.Component(
            "ingests", () -> engine.get().ingests().failed() == 0 ? "ok" : "some failed"));
  }

  /// Who calls where no token is asked for.
  private Caller anybody() {
    return new Caller(
        config.defaultUser(),
        config.boundUser() != null,
        config.agent(),
        Source.API,
        config.sharing());
  }

  private @Nullable Issuer issuer() {
    OAuth oauth = config.service().oauth();
    return oauth == null
        ? null
        : new Issuer(oauth.issuer(), oauth.audience(), oauth.keys(), oauth.userClaim());
  }

  private static @Nullable Tls tls(Service service) {
    Path keystore = service.keystore();
    String password = value(service.keystorePassword());
    return keystore == null || password == null ? null : new Tls(keystore, password);
  }

  private static @Nullable String value(@Nullable Secret secret) {
    return secret == null ? null : secret.value();
  }

  /// Requests under way are answered first.
  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    if (refusalLog != null) {
      refusalLog.close();
    }
    if (shipper != null) {
      shipper.close();
    }
    try {
      if (auditFiles != null) {
        auditFiles.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
