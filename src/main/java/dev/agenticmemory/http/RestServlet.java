package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.engine.Audit;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the routes of the REST contracts. Whatever goes wrong is JSON with `detail`.
public final class RestServlet extends HttpServlet {

  private static final Logger LOG = LoggerFactory.getLogger(RestServlet.class);

  /// Parameters of queries that are numbers.
  private static final Set<String> NUMBERS = Set.of("limit", "offset", "top_k");

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern FRACTION = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");
  private static final Pattern FLAG = Pattern.compile("true|false");

  private final transient List<Route> routes;
  private final transient Audit audit;

  public RestServlet(List<Route> routes, Audit audit) {
    this.routes = List.copyOf(routes);
    this.audit = audit;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    boolean hasBody = Set.of("POST", "PUT").contains(request.getMethod());
    try {
      Answers.write(response, HttpServletResponse.SC_OK, answer(request, hasBody));
    } catch (Problem e) {
      Answers.write(response, e);
    } catch (MemoryException e) {
      Answers.write(response, Problem.of(e, hasBody ? "body" : "query"));
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
      Answers.write(
          response, new Problem(Problem.FAULT, "A fault in agentic-memory, which is in its log"));
    }
  }

  private ObjectNode answer(HttpServletRequest request, boolean hasBody) throws IOException {
    String path = request.getServletPath() + Objects.requireNonNullElse(request.getPathInfo(), "");
    for (Route route : routes) {
      Optional<String> id = route.match(path);
      if (id.isPresent() && route.method().equals(request.getMethod())) {
        request.setAttribute(Watch.ROUTE, route.path());
        ObjectNode arguments = hasBody ? body(request) : query(request);
        return audited(
            route, new Call(caller(request), id.get(), new Arguments(arguments)), arguments);
      }
    }
    throw missed(path);
  }

  private ObjectNode audited(Route route, Call call, ObjectNode arguments) {
    String action = route.method() + " " + route.path();
    ObjectNode named = arguments.deepCopy();
    if (!call.id().isEmpty()) {
      named.put("memory_id", call.id());
    }
    try {
      ObjectNode answer = route.action().apply(call);
      audit.note(call.caller(), action, named, answer, null);
      return answer;
    } catch (MemoryException e) {
      audit.note(call.caller(), action, named, null, e);
      throw e;
    }
  }

  private Problem missed(String path) {
    String allowed =
        routes.stream()
            .filter(route -> route.match(path).isPresent())
            .map(Route::method)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return allowed.isEmpty()
        ? new Problem(Problem.NOT_FOUND, "Not Found. The routes are in /openapi.json")
        : new Problem(Problem.NOT_ALLOWED, "Method Not Allowed. Allowed here: " + allowed)
            .with("Allow", allowed);
  }

  private static Caller caller(HttpServletRequest request) {
    return (Caller) Objects.requireNonNull(request.getAttribute(Door.CALLER));
  }

  private static ObjectNode body(HttpServletRequest request) throws IOException {
    byte[] bytes = request.getInputStream().readAllBytes();
    JsonNode body;
    try {
      body = Json.parse(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      throw Problem.unprocessable("json_invalid", "body", "", "The body is not UTF-8");
    } catch (JsonProcessingException e) {
      throw Problem.unprocessable(
          "json_invalid",
          "body",
          "",
          "The body is not JSON, at line %d, column %d"
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    if (body instanceof ObjectNode object) {
      return object;
    }
    throw Problem.unprocessable(
        "model_attributes_type", "body", "", "The body is not a JSON object");
  }

  private static ObjectNode query(HttpServletRequest request) {
    boolean deletes = request.getMethod().equals("DELETE");
    ObjectNode arguments = Json.object();
    parameters(request)
        .forEach((name, values) -> {
          if (deletes) {
            requireOneValue(name, values);
          }
          if (!values[0].isEmpty()) {
            put(arguments, name, values[0]);
          }
        });
    return arguments;
  }

  private static Map<String, String[]> parameters(HttpServletRequest request) {
    try {
      return request.getParameterMap();
    } catch (IllegalArgumentException | IllegalStateException _) {
      throw Problem.unprocessable(
          "value_error", "query", "", "The query is not UTF-8 with percent signs before its bytes");
    }
  }

  /// A parameter that is passed over would delete more than was meant.
  private static void requireOneValue(String name, String[] values) {
    if (values.length != 1 || values[0].isEmpty()) {
      throw new Problem(
          Problem.BAD_REQUEST,
          name
              + (values.length == 1 ? " is empty" : " is there several times")
              + ". Pass it once, with a value, or leave it out.");
    }
  }

  private static void put(ObjectNode arguments, String name, String value) {
    if (NUMBERS.contains(name) && NUMBER.matcher(value).matches()) {
      arguments.put(name, Long.parseLong(value));
    } else if (name.equals("min_score") && FRACTION.matcher(value).matches()) {
      arguments.put(name, Double.parseDouble(value));
    } else if (name.equals("time_decay") && FLAG.matcher(value).matches()) {
      arguments.put(name, Boolean.parseBoolean(value));
    } else {
      arguments.put(name, value);
    }
  }
}
