package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.json.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET /health` and `/health/ready`: how each part is; `/health/live`: that the process answers.
/// Asks for no token, so it tells nothing but states.
public final class HealthServlet extends HttpServlet {

  /// One part of the program.
  ///
  /// @param state its state in a word; throws where it does not work
  public record Component(String name, Supplier<String> state) {}

  private static final Logger LOG = LoggerFactory.getLogger(HealthServlet.class);

  private static final String BROKEN = "unavailable";

  private final transient List<Component> components;

  public HealthServlet(List<Component> components) {
    this.components = List.copyOf(components);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (Objects.requireNonNullElse(request.getPathInfo(), "/")) {
      case "/live" -> Answers.write(response, HttpServletResponse.SC_OK, begun("ok"));
      case "/", "/ready" -> writeAll(response);
      default -> Answers.write(response, new Problem(Problem.NOT_FOUND, "Not Found. Ask /health"));
    }
  }

  private void writeAll(HttpServletResponse response) throws IOException {
    ObjectNode states = Json.object();
    boolean works = true;
    for (Component component : components) {
      String state = state(component);
      states.put(component.name(), state);
      works &= !state.equals(BROKEN);
    }
    ObjectNode body = begun(works ? "ok" : BROKEN);
    body.set("components", states);
    Answers.write(response, works ? HttpServletResponse.SC_OK : Problem.UNAVAILABLE, body);
  }

  private static String state(Component component) {
    try {
      return component.state().get();
    } catch (MemoryException e) {
      LOG.warn("{}: {}. {}", component.name(), e.getMessage(), e.hint());
      return BROKEN;
    } catch (RuntimeException e) {
      LOG.error("{} does not work", component.name(), e);
      return BROKEN;
    }
  }

  /// The first two members as the clients of the tiered service know them.
  private static ObjectNode begun(String status) {
    return Json.object().put("status", status).put("service", "mem0-memory-service");
  }
}
