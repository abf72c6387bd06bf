package dev.agenticmemory.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Call;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.ProtocolError.Code;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tools that cannot go on without the client, as the newer era has them: they answer with what
/// they need, and are called again with it.
final class InputRequired {

  static final String PROMPT = "test_input_required_result_prompt";

  private static final String SAMPLING = "sampling/createMessage";
  private static final String ELICITATION = "elicitation/create";
  private static final String ROOTS = "roots/list";

  private static final String MAC = "HmacSHA256";

  private final SecretKeySpec key = new SecretKeySpec(random(), MAC);

  private static byte[] random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  Map<String, Function<Call, ObjectNode>> tools() {
    Map<String, Function<Call, ObjectNode>> tools = new LinkedHashMap<>();
    tools.put(
        "test_input_required_result_elicitation",
        call ->
            given(call, "user_name")
                .map(answer -> greeting(answer))
                .orElseGet(() -> needed("user_name", elicitation("What is your name?", "name"))));
    tools.put(
        "test_streaming_elicitation",
        call ->
            given(call, "user_name")
                .map(answer -> greeting(answer))
                .orElseGet(() -> needed("user_name", elicitation("What is your name?", "name"))));
    tools.put(
        "test_input_required_result_sampling",
        call ->
            given(call, "capital_question")
                .map(answer -> ConformanceOffer.text(answer.path("content").path("text").asText()))
                .orElseGet(
                    () -> needed("capital_question", sampling("What is the capital of France?"))));
    tools.put(
        "test_input_required_result_list_roots",
        call ->
            given(call, "client_roots")
                .map(answer -> ConformanceOffer.text("Roots: " + answer.path("roots")))
                .orElseGet(() -> needed("client_roots", roots())));
    tools.put("test_input_required_result_request_state", this::confirmed);
    tools.put("test_input_required_result_tampered_state", this::confirmed);
    tools.put("test_input_required_result_multiple_inputs", this::several);
    tools.put("test_input_required_result_multi_round", this::rounds);
    tools.put("test_input_required_result_capabilities", InputRequired::allowed);
    return tools;
  }

  /// What the prompt needs; empty where it is given.
  static Optional<ObjectNode> prompt(Call call) {
    return given(call, "user_context").isPresent()
        ? Optional.empty()
        : Optional.of(
            needed("user_context", elicitation("What context should the prompt use?", "context")));
  }

  private ObjectNode confirmed(Call call) {
    if (given(call, "confirm").isEmpty()) {
      return needed("confirm", elicitation("Please confirm", "ok"))
          .put("requestState", signed("1"));
    }
    requireState(call, "1");
    return ConformanceOffer.text("state-ok");
  }

  private ObjectNode several(Call call) {
    if (given(call, "user_name").isPresent()
        && given(call, "greeting").isPresent()
        && given(call, "client_roots").isPresent()) {
      requireState(call, "1");
      return ConformanceOffer.text("All is there.");
    }
    ObjectNode result = needed("user_name", elicitation("What is your name?", "name"));
    ObjectNode requests = (ObjectNode) result.path("inputRequests");
    requests.set("greeting", sampling("Generate a greeting"));
    requests.set("client_roots", roots());
    return result.put("requestState", signed("1"));
  }

  private ObjectNode rounds(Call call) {
    if (given(call, "step2").isPresent()) {
      requireState(call, "2");
      return ConformanceOffer.text("Both steps are done.");
    }
    if (given(call, "step1").isPresent()) {
      requireState(call, "1");
      return needed("step2", elicitation("Step 2: What is your favorite color?", "color"))
          .put("requestState", signed("2"));
    }
    return needed("step1", elicitation("Step 1: What is your name?", "name"))
        .put("requestState", signed("1"));
  }

  private static ObjectNode allowed(Call call) {
    JsonNode capabilities = ConformanceOffer.capabilities(call);
    ObjectNode result = Json.object().put("resultType", "input_required");
    ObjectNode requests = result.putObject("inputRequests");
    if (capabilities.has("sampling")) {
      requests.set("question", sampling("What is the capital of France?"));
    }
    if (capabilities.has("elicitation")) {
      requests.set("name", elicitation("What is your name?", "name"));
    }
    return result;
  }

  private static ObjectNode greeting(JsonNode answer) {
    return ConformanceOffer.text(
        "Hello, %s!".formatted(answer.path("content").path("name").asText()));
  }

  /// What the client gave under this key; empty where it is not there or is no answer.
  private static Optional<JsonNode> given(Call call, String name) {
    JsonNode answer = call.params().path("inputResponses").path(name);
    return answer.isObject() ? Optional.of(answer) : Optional.empty();
  }

  private static ObjectNode needed(String name, ObjectNode request) {
    ObjectNode result = Json.object().put("resultType", "input_required");
    result.putObject("inputRequests").set(name, request);
    return result;
  }

  private static ObjectNode elicitation(String message, String field) {
    ObjectNode params = Json.object().put("mode", "form").put("message", message);
    params.set(
        "requestedSchema",
        Fixture.parsed(
            """
            {"type":"object","properties":{"%s":{"type":"string"}},"required":["%s"]}\
            """
                .formatted(field, field)));
    return request(ELICITATION, params);
  }

  private static ObjectNode sampling(String text) {
    ObjectNode params = Json.object().put("maxTokens", 100);
    params
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .putObject("content")
        .put("type", "text")
        .put("text", text);
    return request(SAMPLING, params);
  }

  private static ObjectNode roots() {
    return request(ROOTS, Json.object());
  }

  private static ObjectNode request(String method, ObjectNode params) {
    ObjectNode request = Json.object().put("method", method);
    request.set("params", params);
    return request;
  }

  private void requireState(Call call, String state) {
    byte[] given = call.params().path("requestState").asText().getBytes(UTF_8);
    if (!MessageDigest.isEqual(given, signed(state).getBytes(UTF_8))) {
      throw new ProtocolError(Code.INVALID_PARAMS, "requestState is not one that this server gave");
    }
  }

  private String signed(String state) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      return state
          + "."
          + Base64.getUrlEncoder().encodeToString(mac.doFinal(state.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
