package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.metrics.Metrics;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives each request an id, and says of each how it ended: in a line of the log and in the
/// metrics. The outermost filter: whatever is thrown below it ends here, as JSON.
public final class Watch extends HttpFilter {

  /// The request attribute that holds the request's id.
  public static final String REQUEST_ID = Watch.class.getName() + ".id";

  /// The request attribute by which a servlet says which of its routes it was.
  static final String ROUTE = Watch.class.getName() + ".route";

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private static final String HEADER = "X-Request-Id";
  private static final Pattern GOOD_ID = Pattern.compile("[\\w.:-]{1,64}");

  private static final Set<String> METHODS =
      Set.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH");

  private final transient Metrics metrics;
  private final transient Consumer<String> log;
  private final transient Clock clock;

  /// @param log takes one line of JSON for each request
  public Watch(Metrics metrics, Consumer<String> log, Clock clock) {
    this.metrics = metrics;
    this.log = log;
    this.clock = clock;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException {
    Observed observed = new Observed(request, response, clock.instant(), System.nanoTime());
    String id = id(request.getHeader(HEADER));
    request.setAttribute(REQUEST_ID, id);
    response.setHeader(HEADER, id);
    try {
      chain.doFilter(request, response);
    } catch (ServletException | RuntimeException e) {
      LOG.error("Request {} failed", id, e);
      if (!response.isCommitted()) {
        response.resetBuffer();
        Answers.write(response, Problem.fault());
      }
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(new WhenDone(observed));
      } else {
        done(observed);
      }
    }
  }

  private static String id(@Nullable String sent) {
    return sent != null && GOOD_ID.matcher(sent).matches() ? sent : UUID.randomUUID().toString();
  }

  private record Observed(
      HttpServletRequest request, HttpServletResponse response, Instant at, long beganNanos) {}

  private void done(Observed observed) {
    HttpServletRequest request = observed.request();
    Duration took = Duration.ofNanos(System.nanoTime() - observed.beganNanos());
    int status = observed.response().getStatus();
    String method = METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER";
    metrics.request(method, route(request), status, took);
    ObjectNode line = Json.object();
    line.put("time", observed.at().toString()).put("level", status < 500 ? "info" : "error");
    line.put("request_id", String.valueOf(request.getAttribute(REQUEST_ID)));
    line.put("method", method).put("path", request.getRequestURI());
    line.put("status", status).put("ms", took.toMillis());
    if (request.getAttribute(Door.CALLER) instanceof Caller caller) {
      line.put("caller", caller.access().holder());
    }
    log.accept(Json.print(line));
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
