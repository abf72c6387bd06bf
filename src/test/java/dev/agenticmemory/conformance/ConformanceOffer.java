package dev.agenticmemory.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.Fixture;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.json.Arguments;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Call;
import dev.agenticmemory.mcp.Offer;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.ProtocolError.Code;
import dev.agenticmemory.mcp.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What the protocol's conformance suite wants to find on a server.
final class ConformanceOffer implements Offer {

  /// A tool that is a name, a schema of its arguments, and what it does.
  private record Fixed(ObjectNode definition, Function<Call, ObjectNode> answer) {}

  /// A transparent image of one pixel.
  static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

  /// A WAVE file without a sample.
  private static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

  private final Map<String, Fixed> tools = new LinkedHashMap<>();
  private final Questions questions = new Questions();

  ConformanceOffer() {
    contents();
    conversations();
    new InputRequired().tools().forEach(this::tool);
  }

  /// Tools that return something fixed.
  private void contents() {
    tool("test_simple_text", _ -> text("This is a simple text response for testing."));
    tool("test_image_content", _ -> content(image()));
    tool(
        "test_audio_content",
        _ -> content(block("audio").put("data", WAV).put("mimeType", "audio/wav")));
    tool(
        "test_embedded_resource",
        _ ->
            content(
                resource(
                    "test://embedded-resource",
                    "text/plain",
                    "This is an embedded resource content.")));
    tool(
        "test_multiple_content_types",
        _ ->
            content(
                block("text").put("text", "Multiple content types test:"),
                image(),
                resource(
                    "test://mixed-content-resource",
                    "application/json",
                    "{\"test\":\"data\",\"value\":123}")));
    tool(
        "test_error_handling",
        _ -> text("This tool intentionally returns an error for testing").put("isError", true));
    tool("test_trigger_tool_change", _ -> text("Nothing changes here."));
    tools.put(
        "json_schema_2020_12_tool",
        new Fixed(definition("json_schema_2020_12_tool", schema2020()), _ -> text("ok")));
  }

  /// Tools that talk to the client while they are at work.
  private void conversations() {
    tool(
        "test_tool_with_logging",
        call -> {
          log(call, "Tool execution started");
          log(call, "Tool processing data");
          log(call, "Tool execution completed");
          return text("Logged three times.");
        });
    tool(
        "test_logging_tool",
        call -> {
          log(call, "A line for who asked for it");
          return text("Logged.");
        });
    tool("test_tool_with_progress", ConformanceOffer::progress);
    tool("test_sampling", questions::sample);
    tool("test_elicitation", questions::elicit);
    tool(
        "test_elicitation_sep1034_defaults",
        call -> questions.elicitation(call, Questions.DEFAULTS));
    tool("test_elicitation_sep1330_enums", call -> questions.elicitation(call, Questions.ENUMS));
    tool(
        "test_missing_capability",
        call -> {
          if (call.modern() && !capabilities(call).has("sampling")) {
            ObjectNode data = Json.object();
            data.putObject("requiredCapabilities").putObject("sampling");
            throw new ProtocolError(Code.MISSING_CAPABILITY, "This tool needs sampling", data);
          }
          return text("The client can do what this needs.");
        });
  }

  static JsonNode capabilities(Call call) {
    return call.meta("io.modelcontextprotocol/clientCapabilities");
  }

  private static ObjectNode progress(Call call) {
    JsonNode token = call.meta("progressToken");
    for (int done : new int[] {0, 50, 100}) {
      if (!token.isMissingNode()) {
        ObjectNode params = Json.object();
        params.set("progressToken", token);
        params.put("progress", done).put("total", 100);
        tell(call, "notifications/progress", params);
      }
    }
    return text("Told of its progress.");
  }

  private static void log(Call call, String line) {
    if (!call.modern() || !call.meta("io.modelcontextprotocol/logLevel").isMissingNode()) {
      tell(call, "notifications/message", Json.object().put("level", "info").put("data", line));
    }
  }

  private static void tell(Call call, String method, ObjectNode params) {
    ObjectNode message = Json.object().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    call.client().accept(message);
  }

  private static JsonNode schema2020() {
    return Fixture.parsed(
        """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
         "$defs":{"address":{"$anchor":"addressDef","type":"object",
           "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
         "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
           "contactMethod":{"type":"string","enum":["phone","email"]},
           "phone":{"type":"string"},"email":{"type":"string"}},
         "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
         "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
         "then":{"required":["phone"]},"else":{"required":["email"]},
         "additionalProperties":false}\
        """);
  }

  private void tool(String name, Function<Call, ObjectNode> answer) {
    tools.put(name, new Fixed(definition(name, Fixture.parsed("{\"type\":\"object\"}")), answer));
  }

  private static ObjectNode definition(String name, JsonNode schema) {
    ObjectNode definition = Json.object().put("name", name);
    definition.put("description", "For the conformance suite").set("inputSchema", schema);
    return definition;
  }

  static ObjectNode text(String text) {
    return content(block("text").put("text", text));
  }

  private static ObjectNode content(ObjectNode... blocks) {
    ObjectNode result = Json.object();
    ArrayNode content = result.putArray("content");
    for (ObjectNode block : blocks) {
      content.add(block);
    }
    return result;
  }

  private static ObjectNode block(String type) {
    return Json.object().put("type", type);
  }

  private static ObjectNode image() {
    return block("image").put("data", PNG).put("mimeType", "image/png");
  }

  private static ObjectNode resource(String uri, String type, String text) {
    ObjectNode block = block("resource");
    block.putObject("resource").put("uri", uri).put("mimeType", type).put("text", text);
    return block;
  }

  @Override
  public ObjectNode capabilities() {
    return (ObjectNode)
        Fixture.parsed(
            """
            {"tools":{},"resources":{"subscribe":true},"prompts":{},"completions":{},"logging":{}}\
            """);
  }

  @Override
  public String instructions() {
    return "For the conformance suite.";
  }

  @Override
  public ArrayNode tools() {
    ArrayNode list = Json.array();
    tools.values().forEach(tool -> list.add(tool.definition()));
    return list;
  }

  @Override
  public ObjectNode callTool(Call call, String name, ObjectNode arguments) {
    return Optional.ofNullable(tools.get(name))
        .orElseThrow(() -> new ProtocolError(Code.INVALID_PARAMS, "There is no such tool"))
        .answer()
        .apply(call);
  }

  @Override
  public ArrayNode resources(Caller caller) {
    ArrayNode list = Json.array();
    for (String name : new String[] {"static-text", "static-binary", "watched-resource"}) {
      list.addObject().put("uri", "test://" + name).put("name", name).put("description", name);
    }
    return list;
  }

  @Override
  public ArrayNode resourceTemplates() {
    ArrayNode list = Json.array();
    list.addObject().put("uriTemplate", "test://template/{id}/data").put("name", "template");
    return list;
  }

  @Override
  public Optional<ArrayNode> read(Call call, String uri) {
    ObjectNode contents = Json.object().put("uri", uri);
    switch (uri) {
      case "test://static-text" ->
          contents
              .put("mimeType", "text/plain")
              .put("text", "This is the content of the static text resource.");
      case "test://static-binary" -> contents.put("mimeType", "image/png").put("blob", PNG);
      case "test://watched-resource" -> contents.put("mimeType", "text/plain").put("text", "new");
      case "test://template/123/data" ->
          contents
              .put("mimeType", "application/json")
              .put("text", "{\"id\":\"123\",\"templateTest\":true,\"data\":\"Data for ID: 123\"}");
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(Json.array().add(contents));
  }

  @Override
  public boolean mayFollow(Caller caller, String uri) {
    return uri.equals("test://watched-resource");
  }

  @Override
  public ArrayNode prompts() {
    ArrayNode list = Json.array();
    prompt(list, "test_simple_prompt");
    prompt(list, "test_prompt_with_arguments", "arg1", "arg2");
    prompt(list, "test_prompt_with_embedded_resource", "resourceUri");
    prompt(list, "test_prompt_with_image");
    prompt(list, InputRequired.PROMPT);
    return list;
  }

  private static void prompt(ArrayNode list, String name, String... arguments) {
    ObjectNode prompt = list.addObject().put("name", name).put("description", name);
    ArrayNode described = prompt.putArray("arguments");
    for (String argument : arguments) {
      described.addObject().put("name", argument).put("required", true);
    }
  }

  @Override
  public ObjectNode prompt(Call call, String name, Arguments arguments) {
    return switch (name) {
      case "test_simple_prompt" -> messages(said("This is a simple prompt for testing."));
      case "test_prompt_with_arguments" ->
          messages(
              said(
                  "Prompt with arguments: arg1='%s', arg2='%s'"
                      .formatted(arguments.requiredText("arg1"), arguments.requiredText("arg2"))));
      case "test_prompt_with_embedded_resource" ->
          messages(
              resource(
                  arguments.requiredText("resourceUri"),
                  "text/plain",
                  "Embedded resource content for testing."),
              said("Please process the embedded resource above."));
      case "test_prompt_with_image" -> messages(image(), said("Please analyze the image above."));
      case InputRequired.PROMPT ->
          InputRequired.prompt(call).orElseGet(() -> messages(said("With the context given.")));
      default -> throw new ProtocolError(Code.INVALID_PARAMS, "There is no such prompt");
    };
  }

  private static ObjectNode said(String text) {
    return block("text").put("text", text);
  }

  private static ObjectNode messages(ObjectNode... contents) {
    ObjectNode result = Json.object();
    ArrayNode messages = result.putArray("messages");
    for (ObjectNode content : contents) {
      messages.addObject().put("role", "user").set("content", content);
    }
    return result;
  }

  @Override
  public ObjectNode complete(Caller caller, ObjectNode params) {
    ObjectNode result = Json.object();
    result.putObject("completion").put("hasMore", false).putArray("values");
    return result;
  }

  @Override
  public void follow(Session session, Runnable begin) {
    begin.run();
  }

  @Override
  public void forget(Session session) {}

  /// Levels are of the older era.
  @Override
  public @Nullable ObjectNode other(Call call, String method) {
    return method.equals("logging/setLevel") && !call.modern() ? Json.object() : null;
  }

  @Override
  public void answered(JsonNode response) {
    questions.answered(response);
  }

  @Override
  public void close() {}
}
