package dev.agenticmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `agentic-memory serve` as its users start it: a process of its own with the real model, asked
/// with curl.
@Timeout(180) // Only where a process hangs.
final class ServeProcessTest {

  private static final Pattern SERVING =
      Pattern.compile("Serving on (https?)://127\\.0\\.0\\.1:(\\d+), ");

  @TempDir Path home;

  /// A server that runs.
  private record Serving(Process process, String scheme, int port, List<String> lines)
      implements AutoCloseable {
    @Override
    public void close() {
      process.destroy();
      try {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void theCommandsOfTheDocumentationGiveTheDocumentedShapes() throws Exception {
    requireCurl();
    List<String> commands =
        Files.readAllLines(Path.of("docs/http.md")).stream()
            .map(String::strip)
            .filter(line -> line.startsWith("curl ") && !line.contains("TOKEN"))
            .toList();
    assertThat(commands).hasSizeGreaterThanOrEqualTo(5);
    try (Serving serving = serve(Map.of())) {
      List<List<String>> members = new ArrayList<>();
      for (String command : commands) {
        JsonNode answer =
            sh(command.replaceAll("127\\.0\\.0\\.1:8\\d{3}", "127.0.0.1:" + serving.port()));
        List<String> names = new ArrayList<>();
        answer.fieldNames().forEachRemaining(names::add);
        members.add(names);
      }
      assertThat(members)
          .containsExactly(
              List.of("results"),
              List.of("results"),
              List.of("status", "deleted"),
              List.of("status", "result", "token_usage"),
              List.of("status", "results"),
              List.of("status", "results", "total"),
              List.of("status", "service", "components"));
    }
  }

  /// Stdio processes have engines of their own then.
  @Test
  void whereNoSocketCanBeMadeHttpIsServedAllTheSame() throws Exception {
    requireCurl();
    Files.createDirectories(home.resolve("serve.endpoint").resolve("in the way"));
    try (Serving serving = serve(Map.of())) {
      assertThat(serving.process().waitFor(5, TimeUnit.SECONDS)).isFalse();
      JsonNode health = sh("curl -s http://127.0.0.1:%d/health".formatted(serving.port()));
      assertThat(health.path("status").asText()).isEqualTo("ok");
    }
  }

  @Test
  void anAddressThatOthersReachIsRefusedWithoutTokens() throws Exception {
    Process process =
        start(List.of("serve"), Map.of("SERVICE_HOST", "0.0.0.0", "SERVICE_PORT", "0"));
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(77);
    assertThat(err).contains("SERVICE_HOST 0.0.0.0").contains("agentic-memory token create");
  }

  @Test
  void aTokenThatIsMadeWhileItRunsLocksItAndOneThatIsRevokedIsRefused() throws Exception {
    requireCurl();
    try (Serving serving = serve(Map.of())) {
      String list =
          "curl -s 'http://127.0.0.1:%d/memory/list?user_id=me'".formatted(serving.port());
      assertThat(sh(list).path("status").asText()).isEqualTo("ok");
      String token = out("token", "create", "--name", "laptop", "--user", "me").strip();
      assertThat(sh(list).path("detail").asText()).contains("token");
      String withToken = list + " -H 'Authorization: Token " + token + "'";
      assertThat(sh(withToken).path("status").asText()).isEqualTo("ok");
      String listed = out("token", "list");
      assertThat(listed).contains("laptop", "live", "[me]").doesNotContain(token);
      assertThat(out("token", "revoke", listed.substring(0, 8))).contains("laptop");
      assertThat(sh(withToken).path("detail").asText()).contains("revoked");
    }
  }

  @Test
  void connectionsAreEncryptedWhereAKeyIsGiven() throws Exception {
    requireCurl();
    Path keystore = home.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                keystore.toString())
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).isZero();
    Map<String, String> tls =
        Map.of("SERVICE_TLS_KEYSTORE", keystore.toString(), "SERVICE_TLS_PASSWORD", "changeit");
    try (Serving serving = serve(tls)) {
      assertThat(serving.scheme()).isEqualTo("https");
      JsonNode health = sh("curl -sk https://127.0.0.1:%d/health".formatted(serving.port()));
      assertThat(health.path("status").asText()).isEqualTo("ok");
    }
  }

  @Test
  void everyLineThatItWritesIsAnObjectThatSaysWhenHowBadAndWho() throws Exception {
    requireCurl();
    Files.createDirectories(home.resolve("serve.endpoint").resolve("in the way"));
    try (Serving serving = serve(Map.of())) {
      sh("curl -s -H 'X-Request-Id: r-1' http://127.0.0.1:%d/health".formatted(serving.port()));
      awaitLine(serving, "\"request_id\":\"r-1\"");
      awaitLine(serving, "Stdio processes are not served");
      assertThat(serving.lines())
          .allSatisfy(line ->
              assertThat(Fixture.parsed(line).fieldNames())
                  .toIterable()
                  .contains("time", "level", "logger", "message"));
    }
  }

  @Test
  void itsLinesAreTextWhereThatIsWanted() throws Exception {
    requireCurl();
    try (Serving serving = serve(Map.of("LOG_FORMAT", "text"))) {
      sh("curl -s http://127.0.0.1:%d/health".formatted(serving.port()));
      awaitLine(serving, " INFO Watch - GET /health 200 in ");
    }
  }

  private static void awaitLine(Serving serving, String part) throws InterruptedException {
    for (int i = 0; i < 1_500; i++) {
      if (serving.lines().stream().anyMatch(line -> line.contains(part))) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("No line has " + part + ": " + serving.lines());
  }

  private Serving serve(Map<String, String> env) throws IOException {
    Process process =
        start(
            List.of("serve"),
            Stream.concat(env.entrySet().stream(), Map.of("SERVICE_PORT", "0").entrySet().stream())
                .collect(
                    java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    BufferedReader err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    List<String> lines = new CopyOnWriteArrayList<>();
    for (String line = err.readLine(); line != null; line = err.readLine()) {
      lines.add(line);
      Matcher matcher = SERVING.matcher(line);
      if (matcher.find()) {
        Thread.ofPlatform().daemon().start(() -> err.lines().forEach(lines::add));
        return new Serving(process, matcher.group(1), Integer.parseInt(matcher.group(2)), lines);
      }
    }
    throw new AssertionError("The server did not start");
  }

  private Process start(List<String> arguments, Map<String, String> env) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(OwnProcess.command(arguments));
    builder.environment().put("MEMORY_HOME", home.toString());
    builder.environment().put("OPENCLAW_HOME", home.resolve("openclaw").toString());
    builder.environment().putAll(env);
    return builder.start();
  }

  private String out(String... arguments) throws Exception {
    Process process = start(List.of(arguments), Map.of());
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }

  private static JsonNode sh(String command) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", command).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command).isZero();
    return Fixture.parsed(out);
  }

  private static void requireCurl() throws Exception {
    assumeThat(new ProcessBuilder("sh", "-c", "command -v curl").start().waitFor()).isZero();
  }
}
