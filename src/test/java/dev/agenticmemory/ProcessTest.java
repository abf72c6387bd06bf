package dev.agenticmemory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The program as its users start it: a process of its own with the real model, driven by the
/// reference client of the protocol.
final class ProcessTest {

  private static final List<String> TURNS =
      List.of(
          "We finally moved, the new flat is in Lisbon close to the river.",
          "The doctor says I am lactose intolerant.",
          "For the launch we decided to go with Postgres and drop the Mongo idea.",
          "Mia starts school in September.",
          "My Norwegian forest cat is called Fjord and hates the vacuum cleaner.",
          "我每天早上六点跑步，喜欢在河边听音乐。",
          "أحب القهوة السوداء بدون سكر",
          "Ёлка стоит в углу гостиной",
          "Party on Friday 🎉🎈 at Tom's, 𝒇𝒂𝒏𝒄𝒚 dress");

  @TempDir Path home;

  @Test
  void aRealClientAddsAndFindsByParaphraseInTheNextProcess() {
    try (McpSyncClient client = client()) {
      client.initialize();
      for (String turn : TURNS) {
        CallToolResult added =
            client.callTool(
                CallToolRequest.builder("add_memory")
                    .arguments(Map.of("text", turn, "infer", false))
                    .build());
        assertThat(added.isError()).isFalse();
      }
    }
    try (McpSyncClient client = client()) {
      client.initialize();
      assertThat(first(client, "which database did we choose?")).contains("Postgres");
      assertThat(first(client, "what food should I avoid?")).contains("lactose");
      assertThat(first(client, "what is the pet's name?")).contains("Fjord");
      assertThat(first(client, "跑步")).isEqualTo(TURNS.get(5));
      assertThat(first(client, "القهوة")).isEqualTo(TURNS.get(6));
      assertThat(first(client, "елка")).isEqualTo(TURNS.get(7));
      assertThat(first(client, "Friday party 🎉")).isEqualTo(TURNS.get(8));
      assertThat(
              client.readResource(ReadResourceRequest.builder("memory://stats").build()).contents())
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"--help,0", "--version,0", "stdio --help,0", "frobnicate,2", "search,2"})
  void theProcessEndsAsTheCommandSays(String arguments, int code) throws Exception {
    assertThat(process(List.of(arguments.split(" ", -1)), Map.of()).waitFor()).isEqualTo(code);
  }

  @Test
  void aWrongSettingEndsTheProcessAndNamesIt() throws Exception {
    Process process = process(List.of("doctor"), Map.of("MEMORY_SHARING", "all"));
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(78);
    assertThat(err).contains("MEMORY_SHARING");
  }

  /// Whoever starts it would else learn of it by the first call that fails.
  @Test
  void aServerThatCannotWriteItsMemoriesEndsAndSaysSo() throws Exception {
    Path file = Files.createFile(home.resolve("file"));
    String folder = file.resolve("data").toString();
    Process process = process(List.of("serve"), Map.of("MEMORY_HOME", folder, "SERVICE_PORT", "0"));
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(75);
    assertThat(err).contains("cannot be written to " + folder).doesNotContain("Serving on");
  }

  @Test
  void aClientIsConnectedOnceItsServerHasAnswered() throws Exception {
    Map<String, String> env = Map.of("HOME", home.toString());
    Process install = process(List.of("install", "claude-code"), env);
    String said = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(install.waitFor()).isEqualTo(0);
    assertThat(said).contains("lists 10 tools");
    assertThat(home.resolve(".claude.json")).content().contains("MEMORY_HOME");
    assertThat(process(List.of("install", "claude-code", "--remove"), env).waitFor()).isEqualTo(0);
    assertThat(home.resolve(".claude.json")).content().doesNotContain("memory");
  }

  @Test
  void aClientWhoseServerDoesNotStartKeepsItsConfiguration() throws Exception {
    Files.writeString(home.resolve(".claude.json"), "{}");
    Process install =
        process(
            List.of("install", "claude-code"), Map.of("HOME", home.toString(), "DATA_DIR", "x"));
    assertThat(install.waitFor()).isNotEqualTo(0);
    assertThat(home.resolve(".claude.json")).hasContent("{}");
  }

  @Test
  void theProcessEndsOnSigterm() throws Exception {
    Process process = process(List.of("stdio"), Map.of());
    process
        .getOutputStream()
        .write(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n"
                .getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    assertThat(process.getInputStream().read()).isEqualTo('{');
    process.destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aServerThatCannotOpenItsDataSaysSoInTheAnswer() throws IOException {
    Files.writeString(home.resolve("memory.db"), "this is no database ".repeat(500));
    try (McpSyncClient client = client()) {
      client.initialize();
      CallToolResult result =
          client.callTool(
              CallToolRequest.builder("search_memory").arguments(Map.of("query", "x")).build());
      assertThat(result.isError()).isTrue();
      assertThat(result.content().toString())
          .contains("Not available: ", "is no memory store", "Put back a copy");
    }
  }

  private String first(McpSyncClient client, String query) {
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder("search_memory").arguments(Map.of("query", query)).build());
    return new JsonMapper()
        .valueToTree(result.structuredContent())
        .path("results")
        .path(0)
        .path("memory")
        .asText();
  }

  private McpSyncClient client() {
    List<String> command = OwnProcess.command(List.of("stdio", "--standalone"));
    ServerParameters parameters =
        ServerParameters.builder(command.getFirst())
            .args(command.subList(1, command.size()))
            .env(Map.of("MEMORY_HOME", home.toString(), "MEMORY_USER_ID", "alice"))
            .build();
    return McpClient.sync(
            new StdioClientTransport(parameters, new JacksonMcpJsonMapper(new JsonMapper())))
        .requestTimeout(Duration.ofSeconds(60))
        .build();
  }

  private Process process(List<String> arguments, Map<String, String> env) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(OwnProcess.command(arguments));
    builder.environment().put("MEMORY_HOME", home.toString());
    builder.environment().putAll(env);
    return builder.start();
  }
}
