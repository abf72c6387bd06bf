package dev.agenticmemory.llm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;

/// A real HTTP server that speaks OpenAI's and Bedrock's wire formats, and says what the test wrote
/// down, faults included. Tells nothing twice: a request that is not in the script is answered with
/// status 418.
public final class ScriptedModel implements AutoCloseable {

  /// What one request meets.
  public interface Reaction {
    void meet(HttpExchange exchange) throws IOException;
  }

  /// One request.
  public record Asked(String path, java.util.Map<String, List<String>> headers, String body) {
    public JsonNode json() {
      try {
        return Json.parse(body);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(body, e);
      }
    }
  }

  private volatile Reaction otherwise =
      status(418, "{\"error\":{\"message\":\"not in the script\"}}");
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BlockingDeque<Reaction> script = new LinkedBlockingDeque<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final java.util.Set<HttpExchange> open = ConcurrentHashMap.newKeySet();

  public ScriptedModel() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public String openAiUrl() {
    return url() + "/v1";
  }

  /// What every request meets for which nothing is in the script.
  public ScriptedModel otherwise(Reaction reaction) {
    otherwise = reaction;
    return this;
  }

  public ScriptedModel then(Reaction reaction) {
    script.add(reaction);
    return this;
  }

  /// Requests so far.
  public List<Asked> asked() {
    return asked;
  }

  public boolean isPlayed() {
    return script.isEmpty();
  }

  private void handle(HttpExchange exchange) throws IOException {
    open.add(exchange);
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      asked.add(
          new Asked(exchange.getRequestURI().getRawPath(), exchange.getRequestHeaders(), body));
      Reaction reaction = script.poll();
      (reaction == null ? otherwise : reaction).meet(exchange);
    } finally {
      open.remove(exchange);
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /// The model writes exactly this.
  public static Reaction says(String content) {
    return says(content, "stop");
  }

  public static Reaction says(String content, String finish) {
    return exchange -> {
      boolean converse = exchange.getRequestURI().getPath().endsWith("/converse");
      send(exchange, 200, converse ? converse(content, finish) : completion(content, finish));
    };
  }

  public static Reaction facts(Object... facts) {
    return says(Json.print(factsNode(facts)));
  }

  /// Texts, or objects as they are.
  public static ObjectNode factsNode(Object... facts) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("facts");
    for (Object fact : facts) {
      if (fact instanceof JsonNode node) {
        list.add(node);
      } else {
        list.add(fact(String.valueOf(fact), "user"));
      }
    }
    return answer;
  }

  public static ObjectNode fact(String text, String by) {
    return Json.object().put("text", text).put("by", by).put("category", "personal");
  }

  public static Reaction decides(ObjectNode... decisions) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("decisions");
    for (ObjectNode decision : decisions) {
      list.add(decision);
    }
    return says(Json.print(answer));
  }

  public static ObjectNode decision(int fact, String event, int memory, String text) {
    return Json.object()
        .put("fact", fact)
        .put("event", event)
        .put("memory", memory)
        .put("text", text);
  }

  public static Reaction status(int status, String body) {
    return exchange -> send(exchange, status, body);
  }

  public static Reaction busy(String retryAfter) {
    return exchange -> {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
      send(exchange, 429, "{\"error\":{\"message\":\"Rate limit reached\"}}");
    };
  }

  /// Hangs up in the middle of an answer.
  public static Reaction reset() {
    return exchange -> {
      byte[] bytes = completion("{\"facts\":[]}", "stop").getBytes(UTF_8);
      exchange.sendResponseHeaders(200, bytes.length + 1_000);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
    };
  }

  /// An answer of this many bytes.
  public static Reaction huge(int bytes) {
    return says("x".repeat(bytes));
  }

  /// Answers only after `latch` is open.
  public static Reaction after(CountDownLatch latch, Reaction then) {
    return exchange -> {
      try {
        latch.await();
      } catch (InterruptedException _) {
        return;
      }
      then.meet(exchange);
    };
  }

  private static String completion(String content, String finish) {
    ObjectNode answer = Json.object().put("id", "1").put("object", "chat.completion");
    answer.put("created", 1).put("model", "scripted");
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    choice.putObject("message").put("role", "assistant").put("content", content);
    choice.put("finish_reason", finish);
    answer
        .putObject("usage")
        .put("prompt_tokens", 100)
        .put("completion_tokens", 10)
        .put("total_tokens", 110);
    return Json.print(answer);
  }

  private static String converse(String content, String finish) {
    ObjectNode answer = Json.object();
    ObjectNode message = answer.putObject("output").putObject("message").put("role", "assistant");
    message.putArray("content").addObject().put("text", content);
    answer.put("stopReason", finish.equals("length") ? "max_tokens" : "end_turn");
    answer
        .putObject("usage")
        .put("inputTokens", 100)
        .put("outputTokens", 10)
        .put("totalTokens", 110);
    answer.putObject("metrics").put("latencyMs", 1);
    return Json.print(answer);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
