package dev.agenticmemory.store.s3vectors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Stands before the lenient stand-in of S3 Vectors and refuses what the service itself refuses:
/// its limits and the forms of its requests, with its codes. It can also throttle.
public final class StrictGate implements AutoCloseable {

  private static final int PUT_MAX = 500;
  private static final int DELETE_MAX = 500;
  private static final int GET_MAX = 100;
  private static final int NEAREST_MAX = 100;
  private static final int LIST_MAX = 1_000;
  private static final int METADATA_BYTES_MAX = 40 * 1024;
  private static final int FILTERABLE_BYTES_MAX = 2 * 1024;
  private static final int METADATA_KEYS_MAX = 50;
  private static final int PLAIN_KEYS_MAX = 10;
  private static final int DIMENSIONS_MAX = 4_096;
  private static final int REQUEST_BYTES_MAX = 20 * 1024 * 1024;

  private static final Set<String> COMPARISONS =
      Set.of("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists");
  private static final Set<String> OF_NUMBERS = Set.of("$gt", "$gte", "$lt", "$lte");

  /// What an index was made with.
  private record Made(int dimensions, Set<String> plainKeys) {}

  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI real;
  private final Map<String, Made> indices = new ConcurrentHashMap<>();

  /// How many of the next requests are throttled.
  final AtomicInteger throttled = new AtomicInteger();

  /// What is done once, when vectors were written and before that is answered. Where it throws, the
  /// answer is an error.
  final AtomicReference<@Nullable Runnable> afterPut = new AtomicReference<>();

  /// Whether vectors that are to be written do not arrive.
  volatile BooleanSupplier losesPuts = () -> false;

  private final List<String> refused = new ArrayList<>();

  public StrictGate(URI real) throws IOException {
    this.real = real;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// What was refused, which is a fault of the client.
  public List<String> refused() {
    synchronized (refused) {
      return List.copyOf(refused);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String operation = exchange.getRequestURI().getPath().substring(1);
      if (throttled.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        answer(exchange, 429, "TooManyRequestsException", "slow down");
        return;
      }
      JsonNode request = body.length == 0 ? Json.object() : Json.parse(new String(body, UTF_8));
      String problem =
          body.length > REQUEST_BYTES_MAX ? "request too large" : problem(operation, request);
      String signed = exchange.getRequestHeaders().getFirst("Authorization");
      if (signed == null || !signed.contains("/s3vectors/aws4_request")) {
        problem = "not signed for s3vectors";
      }
      if (problem != null) {
        synchronized (refused) {
          refused.add(operation + ": " + problem);
        }
        answer(exchange, 400, "ValidationException", problem);
        return;
      }
      if (operation.equals("PutVectors") && losesPuts.getAsBoolean()) {
        answer(exchange, 400, "ValidationException", "did not arrive");
        return;
      }
      forward(exchange, operation, request, body);
    }
  }

  private void forward(HttpExchange exchange, String operation, JsonNode request, byte[] body)
      throws IOException {
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(real.resolve("/" + operation))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .getOrDefault("Authorization", List.of())
        .forEach(value -> forwarded.header("Authorization", value));
    try {
      HttpResponse<byte[]> answer =
          client.send(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 200 && operation.equals("CreateIndex")) {
        indices.put(name(request), made(request));
      }
      if (operation.equals("PutVectors") && !isAnswered()) {
        answer(exchange, 400, "ValidationException", "the answer was lost");
        return;
      }
      answer
          .headers()
          .map()
          .forEach((name, values) -> {
            if (name.toLowerCase(Locale.ROOT).startsWith("x-amz")) {
              exchange.getResponseHeaders().put(name, values);
            }
          });
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// Whether vectors that were written are to be acknowledged.
  private boolean isAnswered() {
    Runnable once = afterPut.getAndSet(null);
    try {
      if (once != null) {
        once.run();
      }
      return true;
    } catch (IllegalStateException _) {
      return false;
    }
  }

  private static void answer(HttpExchange exchange, int status, String code, String message)
      throws IOException {
    ObjectNode body = Json.object().put("__type", code).put("message", message);
    byte[] bytes = body.toString().getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("x-amzn-ErrorType", code);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String name(JsonNode request) {
    return request.path("vectorBucketName").asText() + "/" + request.path("indexName").asText();
  }

  private static Made made(JsonNode request) {
    Set<String> plain = new HashSet<>();
    request
        .path("metadataConfiguration")
        .path("nonFilterableMetadataKeys")
        .forEach(key -> plain.add(key.asText()));
    return new Made(request.path("dimension").asInt(), plain);
  }

  /// What the service would refuse; null for nothing.
  private @Nullable String problem(String operation, JsonNode request) {
    return switch (operation) {
      case "CreateIndex" -> ofIndex(request);
      case "PutVectors" -> ofPut(request);
      case "DeleteVectors" -> tooMany(request.path("keys"), DELETE_MAX);
      case "GetVectors" -> tooMany(request.path("keys"), GET_MAX);
      case "ListVectors" -> request.path("maxResults").asInt(1) > LIST_MAX ? "maxResults" : null;
      case "QueryVectors" -> ofQuery(request);
      case "CreateVectorBucket", "GetIndex", "GetVectorBucket" -> null;
      default -> "unknown operation " + operation;
    };
  }

  private static @Nullable String ofIndex(JsonNode request) {
    Made made = made(request);
    if (made.dimensions() < 1 || made.dimensions() > DIMENSIONS_MAX) {
      return "dimension " + made.dimensions();
    }
    return made.plainKeys().size() > PLAIN_KEYS_MAX ? "too many non-filterable keys" : null;
  }

  private static @Nullable String tooMany(JsonNode keys, int max) {
    return keys.isEmpty() || keys.size() > max ? keys.size() + " keys, 1 to " + max : null;
  }

  private @Nullable String ofPut(JsonNode request) {
    JsonNode vectors = request.path("vectors");
    if (vectors.isEmpty() || vectors.size() > PUT_MAX) {
      return vectors.size() + " vectors, 1 to " + PUT_MAX;
    }
    Set<String> keys = new HashSet<>();
    for (JsonNode vector : vectors) {
      String key = vector.path("key").asText();
      if (key.isEmpty() || key.length() > 1_024 || !keys.add(key)) {
        return "key empty, too long or twice: " + key;
      }
      String problem = ofVector(request, vector);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private @Nullable String ofVector(JsonNode request, JsonNode vector) {
    Made made = indices.get(name(request));
    if (made != null && vector.path("data").path("float32").size() != made.dimensions()) {
      return "a vector of the wrong dimension";
    }
    JsonNode metadata = vector.path("metadata");
    ObjectNode filterable = metadata.isObject() ? metadata.deepCopy() : Json.object();
    if (made != null) {
      filterable.remove(made.plainKeys());
    }
    if (metadata.size() > METADATA_KEYS_MAX) {
      return metadata.size() + " metadata keys";
    }
    if (bytes(metadata) > METADATA_BYTES_MAX) {
      return bytes(metadata) + " bytes of metadata";
    }
    return bytes(filterable) > FILTERABLE_BYTES_MAX
        ? bytes(filterable) + " bytes of filterable metadata"
        : null;
  }

  private static int bytes(JsonNode node) {
    return node.toString().getBytes(UTF_8).length;
  }

  private @Nullable String ofQuery(JsonNode request) {
    int wanted = request.path("topK").asInt();
    if (wanted < 1 || wanted > NEAREST_MAX) {
      return "topK " + wanted;
    }
    Made made = indices.get(name(request));
    if (made != null && request.path("queryVector").path("float32").size() != made.dimensions()) {
      return "a query of the wrong dimension";
    }
    return request.has("filter") ? ofFilter(request.path("filter")) : null;
  }

  private static @Nullable String ofFilter(JsonNode filter) {
    if (!filter.isObject() || filter.size() != 1) {
      return "a filter that is no object of one member: " + filter;
    }
    Map.Entry<String, JsonNode> member = filter.properties().iterator().next();
    if (member.getKey().equals("$and") || member.getKey().equals("$or")) {
      for (JsonNode part : member.getValue()) {
        String problem = ofFilter(part);
        if (problem != null) {
          return problem;
        }
      }
      return member.getValue().isEmpty() ? "an empty " + member.getKey() : null;
    }
    return member.getKey().startsWith("$")
        ? "unknown operator " + member.getKey()
        : ofComparison(member.getValue());
  }

  private static @Nullable String ofComparison(JsonNode comparison) {
    Map<String, JsonNode> members = new HashMap<>();
    comparison.properties().forEach(entry -> members.put(entry.getKey(), entry.getValue()));
    for (Map.Entry<String, JsonNode> one : members.entrySet()) {
      if (!COMPARISONS.contains(one.getKey())) {
        return "unknown comparison " + one.getKey();
      }
      if (OF_NUMBERS.contains(one.getKey()) && !one.getValue().isNumber()) {
        return one.getKey() + " of something that is no number";
      }
    }
    return members.isEmpty() ? "an empty comparison" : null;
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
