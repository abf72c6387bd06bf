package dev.agenticmemory.storm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/// A client that adds, searches and reads, in a session of the older era or, every second one, in
/// the newer.
final class PoliteClient implements Runnable {

  private static final String META =
      "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
          + "\"io.modelcontextprotocol/clientCapabilities\":{}},";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI address;
  private final int number;
  private final AtomicBoolean over;
  private final boolean modern;
  private final List<String> errors = new ArrayList<>();
  private final List<Long> nanos = new ArrayList<>();
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private String session = "";
  private int lastId;

  PoliteClient(URI address, int number, AtomicBoolean over) {
    this.address = address.resolve("/mcp");
    this.number = number;
    this.over = over;
    this.modern = number % 2 == 1;
  }

  List<String> errors() {
    return errors;
  }

  long calls() {
    return nanos.size();
  }

  LongStream nanos() {
    return nanos.stream().mapToLong(Long::longValue);
  }

  Map<String, String> acknowledged() {
    return acknowledged;
  }

  @Override
  public void run() {
    try {
      if (!modern) {
        initialize();
      }
      while (!over.get()) {
        turn();
      }
    } catch (IOException | RuntimeException e) {
      errors.add("client %d: %s".formatted(number, e));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void initialize() throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request(
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                    + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"storm\",\"version\":\"1\"}}}",
                ""),
            BodyHandlers.ofString());
    session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
  }

  private void turn() throws IOException, InterruptedException {
    String text = "storm fact %d of client %d".formatted(lastId, number);
    JsonNode added =
        call(
            "add_memory",
            "\"text\":\"%s\",\"infer\":false,\"user_id\":\"u%d\"".formatted(text, number));
    String id = added.path("results").path(0).path("id").asText();
    if (!id.isEmpty()) {
      acknowledged.put(id, text);
    }
    call("search_memory", "\"query\":\"%s\",\"user_id\":\"u%d\"".formatted(text, number));
    call("list_memories", "\"user_id\":\"u%d\",\"limit\":5".formatted(number));
    Thread.sleep(200); // A person's agent thinks in between.
  }

  /// How much of what was acknowledged is not there.
  int lost() throws IOException, InterruptedException {
    int lost = 0;
    for (Map.Entry<String, String> memory : acknowledged.entrySet()) {
      JsonNode found = call("get_memory", "\"memory_id\":\"%s\"".formatted(memory.getKey()));
      lost += found.path("memory").asText().equals(memory.getValue()) ? 0 : 1;
    }
    return lost;
  }

  private JsonNode call(String tool, String arguments) throws IOException, InterruptedException {
    int id = ++lastId;
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{%s\"name\":\"%s\",\"arguments\":{%s}}}"
            .formatted(id, modern ? META : "", tool, arguments);
    long start = System.nanoTime();
    HttpResponse<String> response = http.send(request(body, tool), BodyHandlers.ofString());
    nanos.add(System.nanoTime() - start);
    JsonNode result =
        response.statusCode() == 200
            ? Fixture.parsed(response.body()).path("result")
            : Fixture.parsed("{}");
    if (result.path("isError").asBoolean(true)) {
      errors.add("client %d: %d %s".formatted(number, response.statusCode(), response.body()));
    }
    return result.path("structuredContent");
  }

  private HttpRequest request(String body, String tool) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(body));
    if (modern) {
      request
          .header("MCP-Protocol-Version", "2026-07-28")
          .header("Mcp-Method", "tools/call")
          .header("Mcp-Name", tool);
    } else if (!session.isEmpty()) {
      request.header("Mcp-Session-Id", session);
    }
    return request.build();
  }
}
