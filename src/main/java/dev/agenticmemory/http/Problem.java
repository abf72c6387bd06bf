package dev.agenticmemory.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.json.Json;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What went wrong with a request, as a status and a body with `detail`.
///
/// Where the request itself is wrong, `detail` is a list of `{"type", "loc", "msg"}`, as the
/// clients of the tiered service know it; else it is one text.
final class Problem extends RuntimeException {

  static final int BAD_REQUEST = 400;
  static final int UNAUTHORIZED = 401;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int NOT_ALLOWED = 405;
  static final int CONFLICT = 409;
  static final int TOO_LARGE = 413;
  static final int UNPROCESSABLE = 422;
  static final int TOO_MANY = 429;
  static final int FAULT = 500;
  static final int UNAVAILABLE = 503;

  private static final String RETRY_AFTER_S = "5";

  /// A part of an argument, such as `messages[3].content`.
  private static final Pattern PART = Pattern.compile("\\w+(\\[\\d{1,9}]|\\.[a-z]+)+");

  private final int status;
  private final transient ObjectNode body;
  private final Map<String, String> headers;

  private Problem(int status, ObjectNode body, Map<String, String> headers) {
    super(Json.print(body), null, false, false);
    this.status = status;
    this.body = body;
    this.headers = Map.copyOf(headers);
  }

  Problem(int status, String detail) {
    this(status, Json.object().put("detail", detail), Map.of());
  }

  /// A bug of ours, of which the log tells more.
  static Problem fault() {
    return new Problem(FAULT, "A fault in agentic-memory, which is in its log");
  }

  /// The same, with one header more.
  Problem with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Problem(status, body, more);
  }

  /// A request that cannot be understood.
  ///
  /// @param type a word for programs, such as `missing`
  /// @param where `body` or `query`
  /// @param name the part of it that is wrong; empty for all of it
  static Problem unprocessable(String type, String where, String name, String message) {
    ObjectNode body = Json.object();
    ObjectNode one = body.putArray("detail").addObject().put("type", type);
    ArrayNode loc = one.putArray("loc").add(where);
    steps(name).forEach(loc::add);
    one.put("msg", message);
    return new Problem(UNPROCESSABLE, body, Map.of());
  }

  /// The steps to a part: `messages`, 3 and `content` for `messages[3].content`.
  private static List<JsonNode> steps(String name) {
    if (!PART.matcher(name).matches()) {
      return name.isEmpty() ? List.of() : List.of(TextNode.valueOf(name));
    }
    return Arrays.stream(name.split("[\\[\\].]+"))
        .<JsonNode>map(step ->
            Character.isDigit(step.charAt(0))
                ? IntNode.valueOf(Integer.parseInt(step))
                : TextNode.valueOf(step))
        .toList();
  }

  /// What a use case refused.
  ///
  /// @param where the arguments came from, `body` or `query`
  static Problem of(MemoryException e, String where) {
    String text = e.getMessage() + ". " + e.hint();
    return switch (e) {
      case InvalidInput wrong -> {
        boolean missing = e.getMessage().endsWith(" is missing");
        yield unprocessable(missing ? "missing" : "value_error", where, wrong.argument(), text);
      }
      case NotFound _ -> new Problem(NOT_FOUND, e.getMessage());
      case Conflict _ -> new Problem(CONFLICT, text);
      case Forbidden _ -> new Problem(FORBIDDEN, text);
      case Unavailable away -> {
        Problem problem = new Problem(UNAVAILABLE, text);
        yield away.isPassing() ? problem.with("Retry-After", RETRY_AFTER_S) : problem;
      }
    };
  }

  int status() {
    return status;
  }

  ObjectNode body() {
    return body;
  }

  Map<String, String> headers() {
    return headers;
  }
}
