package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.Right;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.metrics.Metrics;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;

/// `GET /metrics`, in Prometheus's text format, for who has the right `admin`.
public final class MetricsServlet extends HttpServlet {

  private final transient Metrics metrics;

  public MetricsServlet(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      ((Caller) Objects.requireNonNull(request.getAttribute(Door.CALLER))).require(Right.ADMIN);
    } catch (Forbidden e) {
      Answers.write(response, Problem.of(e, "query"));
      return;
    }
    response.setContentType("text/plain; version=0.0.4; charset=utf-8");
    response.getOutputStream().write(metrics.scrape().getBytes(UTF_8));
  }
}
