package dev.agenticmemory.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a broken or hostile client sends gets an error, and the next valid request is answered.
final class HostileInputTest {

  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":\"i\",\"method\":\"initialize\",\"params\":"
          + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";

  private static final String NEXT =
      "{\"jsonrpc\":\"2.0\",\"id\":\"next\",\"method\":\"tools/call\",\"params\":"
          + "{\"name\":\"search_memory\",\"arguments\":{\"query\":\"tea\"}}}";

  @TempDir Path folder;

  /// A frame, and what is expected of the answer.
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and read once.
  record Frame(String name, byte[] bytes, Expected expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  sealed interface Expected {
    record ErrorCode(int code) implements Expected {}

    record ToolError(String part) implements Expected {}

    record Silence() implements Expected {}
  }

  static Stream<Frame> frames() {
    String deep = "[".repeat(100_000);
    return Stream.of(
        // What is no message at all.
        error("no JSON", "hello", -32700),
        error("half an object", "{\"jsonrpc\":\"2.0\",\"id\":1,", -32700),
        error("text after the object", request("ping", "{}") + " x", -32700),
        error(
            "duplicate keys",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
            -32700),
        error("single quotes", "{'jsonrpc':'2.0','id':1,'method':'ping'}", -32700),
        error("NaN", "{\"jsonrpc\":\"2.0\",\"id\":NaN,\"method\":\"ping\"}", -32700),
        error("deep array", deep, -32700),
        error("deep object", "{\"a\":".repeat(100_000), -32700),
        error("a number of 5,000 digits", "{\"id\":" + "9".repeat(5_000) + "}", -32700),
        error("NUL bytes", "\0\0\0\0", -32700),
        error("a NUL inside", "{\"jsonrpc\":\"2.0\",\0\"id\":1}", -32700),
        error("a raw control character in a string", "{\"jsonrpc\":\"2.0\t\n\"}", -32700),
        bytes("invalid UTF-8", new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF}, -32700),
        bytes("UTF-16", INITIALIZE.getBytes(StandardCharsets.UTF_16LE), -32700),
        bytes("an overlong NUL", new byte[] {'"', (byte) 0xC0, (byte) 0x80, '"'}, -32700),
        bytes("a line of 20 MB", "x".repeat(20_000_000).getBytes(StandardCharsets.UTF_8), -32600),
        new Frame("a blank line", new byte[0], new Expected.Silence()),
        new Frame(
            "a line of blanks", "  \t \r".getBytes(StandardCharsets.UTF_8), new Expected.Silence()),
        // JSON that is no request.
        error("a string", "\"ping\"", -32600),
        error("a number", "42", -32600),
        error("null", "null", -32600),
        error("an empty object", "{}", -32600),
        error("an empty batch", "[]", -32600),
        error("a batch", "[" + request("ping", "{}") + "]", -32600),
        error("a batch of rubbish", "[1,2,3]", -32600),
        error("jsonrpc 1.0", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600),
        error("no jsonrpc", "{\"id\":1,\"method\":\"ping\"}", -32600),
        error("method is a number", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600),
        error("method is null", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":null}", -32600),
        error("id is an object", "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600),
        error("id is an array", "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"}", -32600),
        error("id is null", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600),
        error("id is true", "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"}", -32600),
        silent("an answer to nothing", "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}"),
        silent("an error to nothing", "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":1}}"),
        silent("an unknown notification", "{\"jsonrpc\":\"2.0\",\"method\":\"x/y\"}"),
        silent(
            "cancelling what is not there",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
                + "\"params\":{\"requestId\":\"none\"}}"),
        silent(
            "cancelling nothing",
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{}}"),
        // Requests with wrong parameters.
        error("params is an array", request("tools/list", "[]"), -32602),
        error("params is a string", request("tools/call", "\"x\""), -32602),
        error("unknown method", request("tools/destroy", "{}"), -32601),
        error("method of another era", request("subscriptions/listen", "{}"), -32601),
        error("empty method", request("", "{}"), -32601),
        error("unknown tool", tool("drop_table", "{}"), -32602),
        error("no tool name", request("tools/call", "{}"), -32602),
        error("tool name is a number", request("tools/call", "{\"name\":1}"), -32602),
        error("arguments is an array", tool("search_memory", "[]"), -32602),
        error("a cursor that nobody gave", request("tools/list", "{\"cursor\":\"x\"}"), -32602),
        error("no uri", request("resources/read", "{}"), -32602),
        error("unknown scheme", read("file:///etc/passwd"), -32002),
        error("unknown resource", read("memory://nothing"), -32002),
        error("a resource with broken encoding", read("memory://users/%zz/runs"), -32002),
        error("a resource of nobody", read("memory://users//runs"), -32002),
        error("climbing out", read("memory://users/../../etc"), -32002),
        error("unknown prompt", request("prompts/get", "{\"name\":\"x\"}"), -32602),
        error(
            "prompt without its argument", request("prompts/get", "{\"name\":\"recall\"}"), -32602),
        error("completion of nothing", request("completion/complete", "{}"), -32602),
        error(
            "unknown protocol version",
            request(
                "tools/list",
                "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"1900-01-01\"}}"),
            -32022),
        // Tool calls with wrong arguments.
        wrong("arguments is null", tool("search_memory", "null"), "query is missing"),
        wrong("no query", tool("search_memory", "{}"), "query is missing"),
        wrong("query is a number", tool("search_memory", "{\"query\":5}"), "query is the number 5"),
        wrong("query is blank", tool("search_memory", "{\"query\":\" \"}"), "query is blank"),
        wrong(
            "query is long",
            tool("search_memory", "{\"query\":\"" + "x".repeat(10_001) + "\"}"),
            "at most 10,000"),
        wrong("top_k of 0", search("\"top_k\":0"), "1 to 100"),
        wrong("top_k of 101", search("\"top_k\":101"), "1 to 100"),
        wrong("top_k of a half", search("\"top_k\":2.5"), "whole number"),
        wrong("top_k beyond numbers", search("\"top_k\":1e400"), "top_k"),
        wrong("top_k of a hundred million digits", search("\"top_k\":1e99999999"), "top_k"),
        wrong("top_k as text", search("\"top_k\":\"5\""), "top_k is a string"),
        wrong("min_score of 2", search("\"min_score\":2"), "from 0 to 1"),
        wrong("explain as text", search("\"explain\":\"yes\""), "true or false"),
        wrong("an unknown argument", search("\"topk\":5"), "is not an argument"),
        wrong("filters as text", search("\"filters\":\"a=b\""), "filters is a string"),
        wrong(
            "an unknown operator",
            search("\"filters\":{\"a\":{\"like\":\"x\"}}"),
            "unknown operator"),
        wrong("a blank user", search("\"user_id\":\"\""), "user_id is blank"),
        wrong("a long user", search("\"user_id\":\"" + "u".repeat(257) + "\""), "at most 256"),
        wrong("half a surrogate", search("\"user_id\":\"\\ud800\""), "surrogate"),
        wrong("not a time", search("\"as_of\":\"yesterday\""), "is not a time"),
        wrong("neither text nor messages", tool("add_memory", "{}"), "both missing"),
        wrong(
            "text and messages",
            tool("add_memory", "{\"text\":\"a\",\"messages\":[]}"),
            "both there"),
        wrong("blank text", tool("add_memory", "{\"text\":\" \\n \"}"), "text is blank"),
        wrong(
            "text of 100,001 characters",
            tool("add_memory", "{\"text\":\"" + "x".repeat(100_001) + "\"}"),
            "at most 100,000"),
        wrong("no messages", tool("add_memory", "{\"messages\":[]}"), "1 to 500"),
        wrong("a message as text", tool("add_memory", "{\"messages\":[\"hi\"]}"), "not an object"),
        wrong(
            "an unknown role",
            tool("add_memory", "{\"messages\":[{\"role\":\"root\",\"content\":\"x\"}]}"),
            "role is unknown"),
        wrong(
            "metadata too deep",
            tool(
                "add_memory",
                "{\"text\":\"x\",\"metadata\":" + "{\"a\":".repeat(20) + "1" + "}".repeat(21)),
            "nested deeper"),
        wrong(
            "metadata too large",
            tool(
                "add_memory",
                "{\"text\":\"x\",\"metadata\":{\"a\":\"" + "y".repeat(20_000) + "\"}}"),
            "16,384"),
        wrong(
            "expired before it began",
            tool("add_memory", "{\"text\":\"x\",\"expires_at\":\"2001-01-01\"}"),
            "in the past"),
        wrong("no id", tool("get_memory", "{}"), "memory_id is missing"),
        wrong(
            "an id that is none",
            tool("get_memory", "{\"memory_id\":\"1' OR '1'='1\"}"),
            "not an id"),
        wrong(
            "an unknown id",
            tool("delete_memory", "{\"memory_id\":\"0198c0de-7e57-7000-8000-000000000001\"}"),
            "Not found"),
        wrong("delete without a scope", tool("delete_by_user_id", "{}"), "user_id is missing"),
        wrong("delete without a run", tool("delete_by_run_id", "{}"), "run_id is missing"),
        wrong("a wrong cursor", tool("list_memories", "{\"cursor\":\"%%%\"}"), "cursor"));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void theNextRequestIsAnswered(Frame frame) throws IOException {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes((INITIALIZE + "\n").getBytes(StandardCharsets.UTF_8));
    input.writeBytes(frame.bytes());
    input.writeBytes(("\n" + NEXT + "\n").getBytes(StandardCharsets.UTF_8));
    List<JsonNode> answers;
    try (Fixture fixture = new Fixture(folder)) {
      answers = fixture.session(Fixture.free(), input.toByteArray());
    }
    assertThat(Fixture.answer(answers, "next").path("result").path("isError").asBoolean(true))
        .as("%s", answers)
        .isFalse();
    List<JsonNode> others =
        answers.stream()
            .filter(a -> !List.of("i", "next").contains(a.path("id").asText()))
            .toList();
    requireExpected(frame.expected(), others);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":%s}",
        "{\"method\":\"tools/call\",\"params\":%2$s,\"jsonrpc\":\"2.0\",\"id\":%1$s}",
      })
  void aRequestThatIsTooDeepIsAnsweredByItsId(String frame) throws IOException {
    String deep = "{\"id\":".repeat(1_000) + "1" + "}".repeat(1_000);
    for (String id : List.of("\"deep\"", "7")) {
      String line = frame.formatted(id, deep) + "\n";
      try (Fixture fixture = new Fixture(folder)) {
        List<JsonNode> answers =
            fixture.session(Fixture.free(), line.getBytes(StandardCharsets.UTF_8));
        assertThat(answers)
            .singleElement()
            .satisfies(answer -> {
              assertThat(answer.path("id")).hasToString(id);
              assertThat(answer.path("error").path("code").asInt()).isEqualTo(-32700);
            });
      }
    }
  }

  private static void requireExpected(Expected expected, List<JsonNode> others) {
    switch (expected) {
      case Expected.Silence() -> assertThat(others).isEmpty();
      case Expected.ErrorCode(int code) ->
          assertThat(others)
              .isNotEmpty()
              .first()
              .satisfies(answer -> {
                assertThat(answer.path("error").path("code").asInt()).isEqualTo(code);
                assertThat(answer.path("error").path("message").asText())
                    .isNotBlank()
                    .doesNotContain("Exception", "dev.agenticmemory", "com.fasterxml");
              });
      case Expected.ToolError(String part) ->
          assertThat(others)
              .singleElement()
              .satisfies(answer -> {
                assertThat(answer.path("result").path("isError").asBoolean()).isTrue();
                assertThat(answer.path("result").path("content").path(0).path("text").asText())
                    .contains(part)
                    .endsWith(".");
              });
    }
  }

  private static Frame error(String name, String frame, int code) {
    return bytes(name, frame.getBytes(StandardCharsets.UTF_8), code);
  }

  private static Frame bytes(String name, byte[] frame, int code) {
    return new Frame(name, frame, new Expected.ErrorCode(code));
  }

  private static Frame silent(String name, String frame) {
    return new Frame(name, frame.getBytes(StandardCharsets.UTF_8), new Expected.Silence());
  }

  private static Frame wrong(String name, String frame, String part) {
    return new Frame(name, frame.getBytes(StandardCharsets.UTF_8), new Expected.ToolError(part));
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\""
        + method
        + "\",\"params\":"
        + params
        + "}";
  }

  private static String tool(String name, String arguments) {
    return request("tools/call", "{\"name\":\"" + name + "\",\"arguments\":" + arguments + "}");
  }

  private static String search(String more) {
    return tool("search_memory", "{\"query\":\"tea\"," + more + "}");
  }

  private static String read(String uri) {
    return request("resources/read", "{\"uri\":\"" + uri + "\"}");
  }
}
