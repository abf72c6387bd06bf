package dev.agenticmemory.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Call;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests of the server to the client, as the older era has them: they go out on the stream of
/// the call that needs them, and the answers come in as messages of their own.
final class Questions {

  private static final int PATIENCE_SECONDS = 20;

  static final String DEFAULTS =
      """
      {"type":"object","properties":{
        "name":{"type":"string","default":"John Doe"},
        "age":{"type":"integer","default":30},
        "score":{"type":"number","default":95.5},
        "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
        "verified":{"type":"boolean","default":true}}}\
      """;

  static final String ENUMS =
      """
      {"type":"object","properties":{
        "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
        "titledSingle":{"type":"string","oneOf":[
          {"const":"value1","title":"First Option"},{"const":"value2","title":"Second Option"},
          {"const":"value3","title":"Third Option"}]},
        "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],
          "enumNames":["Option One","Option Two","Option Three"]},
        "untitledMulti":{"type":"array",
          "items":{"type":"string","enum":["option1","option2","option3"]}},
        "titledMulti":{"type":"array","items":{"anyOf":[
          {"const":"value1","title":"First Choice"},{"const":"value2","title":"Second Choice"},
          {"const":"value3","title":"Third Choice"}]}}}}\
      """;

  private static final String PERSON =
      """
      {"type":"object","properties":{
        "username":{"type":"string","description":"User's response"},
        "email":{"type":"string","description":"User's email address"}},
       "required":["username","email"]}\
      """;

  private final Map<String, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final AtomicInteger lastId = new AtomicInteger();

  ObjectNode sample(Call call) {
    ObjectNode params = Json.object().put("maxTokens", 100);
    params
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .putObject("content")
        .put("type", "text")
        .put("text", call.params().path("arguments").path("prompt").asText());
    JsonNode result = ask(call, "sampling/createMessage", params);
    return ConformanceOffer.text("LLM response: " + result.path("content").path("text").asText());
  }

  ObjectNode elicit(Call call) {
    String message = call.params().path("arguments").path("message").asText();
    return ConformanceOffer.text("User response: " + elicited(call, message, PERSON));
  }

  ObjectNode elicitation(Call call, String schema) {
    JsonNode result = elicited(call, "Please check these values", schema);
    return ConformanceOffer.text(
        "Elicitation completed: action=%s, content=%s"
            .formatted(result.path("action").asText(), result.path("content")));
  }

  private JsonNode elicited(Call call, String message, String schema) {
    ObjectNode params = Json.object().put("message", message);
    params.set("requestedSchema", Fixture.parsed(schema));
    return ask(call, "elicitation/create", params);
  }

  private JsonNode ask(Call call, String method, ObjectNode params) {
    String id = "question-" + lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    asked.put(id, answer);
    ObjectNode request = Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method);
    request.set("params", params);
    call.client().accept(request);
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).path("result");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("The client did not answer", e);
    } finally {
      asked.remove(id);
    }
  }

  void answered(JsonNode response) {
    CompletableFuture<JsonNode> answer = asked.get(response.path("id").asText());
    if (answer != null) {
      answer.complete(response);
    }
  }
}
