package dev.agenticmemory.http;

import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.metrics.Metrics;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/// Gives each request an id, and says of each how it ended: in a line of the log, in the metrics,
/// and where it was refused to who counts that. The outermost filter: whatever is thrown below it
/// ends here, as JSON.
public final class Watch extends HttpFilter {

  /// The request attribute that holds the request's id.
  public static final String REQUEST_ID = Watch.class.getName() + ".id";

  /// The request attribute by which a servlet says which of its routes it was.
  static final String ROUTE = Watch.class.getName() + ".route";

  /// What the request's id is called in the log.
  private static final String LOGGED_ID = "request_id";

  /// From this status on it is this server that failed.
  private static final int FAULTS = 500;

  private static final String HEADER = "X-Request-Id";
  private static final Pattern GOOD_ID = Pattern.compile("[\\w.:-]{1,64}");

  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");

  private final transient Metrics metrics;
  private final transient Refusals refusals;
  private final transient Logger log;

  /// @param log is told of each request
  public Watch(Metrics metrics, Refusals refusals, Logger log) {
    this.metrics = metrics;
    this.refusals = refusals;
    this.log = log;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException {
    Observed observed = new Observed(request, response, System.nanoTime());
    String id = id(request.getHeader(HEADER));
    request.setAttribute(REQUEST_ID, id);
    response.setHeader(HEADER, id);
    try (MDC.MDCCloseable _ = MDC.putCloseable(LOGGED_ID, id)) {
      serve(request, response, chain);
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new WhenDone(observed));
      } else {
        done(observed);
      }
    }
  }

  private void serve(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      log.error("A request failed because of a fault in this program", e);
      if (!response.isCommitted()) {
        response.resetBuffer();
        Answers.write(response, Problem.fault());
      }
    }
  }

  private static String id(@Nullable String sent) {
    return sent != null && GOOD_ID.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
  }

  private record Observed(
      HttpServletRequest request, HttpServletResponse response, long beganNanos) {}

  private void done(Observed observed) {
    HttpServletRequest request = observed.request();
    Duration took = Duration.ofNanos(System.nanoTime() - observed.beganNanos());
    int status = observed.response().getStatus();
    String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER";
    metrics.request(method, route(request), status, took);
    String holder =
        request.getAttribute(Door.CALLER) instanceof Caller caller
            ? caller.access().holder()
            : null;
    if (status == Problem.UNAUTHORIZED || status == Problem.FORBIDDEN) {
      refusals.note(request.getRemoteAddr(), status, holder);
    }
    String path = request.getRequestURI();
    LoggingEventBuilder line =
        log.atLevel(status < FAULTS ? Level.INFO : Level.ERROR)
            .addKeyValue(LOGGED_ID, request.getAttribute(REQUEST_ID))
            .addKeyValue("method", method)
            .addKeyValue("path", path)
            .addKeyValue("status", status)
            .addKeyValue("ms", took.toMillis());
    if (holder != null) {
      line = line.addKeyValue("caller", holder);
    }
    line.log("{} {} {} in {} ms", method, path, status, took.toMillis());
  }

  /// One of the paths that are mounted: what clients make up must not become a meter each.
  private static String route(HttpServletRequest request) {
    if (request.getAttribute(ROUTE) instanceof String route) {
      return route;
    }
    String pattern = request.getHttpServletMapping().getPattern();
    return pattern.isEmpty() || pattern.equals("/") ? "none" : pattern;
  }

  /// Waits for the end of an answer that is given by another thread.
  private final class WhenDone implements AsyncListener {
    private final Observed observed;

    WhenDone(Observed observed) {
      this.observed = observed;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      done(observed);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
