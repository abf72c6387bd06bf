package dev.agenticmemory.storm;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.Fixture;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Stdio processes beside a server of the same data folder: how fast they start, what they cost,
/// and what happens when the server is killed under them.
final class ManyProcesses {

  private static final int STARTS = 21;
  private static final int ADDS = 20;
  private static final int PATIENCE_SECONDS = 30;

  /// More than the README promises, since this machine may be busy with other work.
  private static final double START_MS_MAX = 1_000;

  private static final long RESIDENT_MB_MAX = 60;

  private ManyProcesses() {}

  /// @param args the launcher, and how many processes
  static void main(String[] args) throws Exception {
    Path home = Files.createTempDirectory("agentic-memory-many");
    Process server = process(args[0], home, "serve");
    List<Client> clients = new ArrayList<>();
    try {
      await(home.resolve("serve.endpoint"));
      double start = start(args[0], home);
      for (int i = 0; i < Integer.parseInt(args[1]); i++) {
        clients.add(new Client(process(args[0], home, "stdio")));
      }
      Set<String> acknowledged = new HashSet<>();
      for (int i = 0; i < ADDS; i++) {
        addAll(clients, "before the kill", i, acknowledged);
      }
      long resident = 0;
      for (Client client : clients) {
        resident = Math.max(resident, residentMb(client.process));
      }
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
      addAll(clients, "after the kill", 0, acknowledged);
      int lost = lost(clients.getFirst(), acknowledged);
      System.out.printf(
          Locale.ROOT,
          "%d stdio processes beside a server: start to initialize answered p50 %.0f ms, at most"
              + " %d MB resident each; after kill -9: %d acknowledged, %d lost%n",
          clients.size(),
          start,
          resident,
          acknowledged.size(),
          lost);
      if (lost > 0 || resident > RESIDENT_MB_MAX || start > START_MS_MAX) {
        throw new IllegalStateException("That is not what is promised");
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
      server.destroyForcibly();
    }
  }

  private static Process process(String launcher, Path home, String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(launcher, command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("MEMORY_"));
    builder.environment().put("MEMORY_HOME", home.toString());
    builder.environment().put("MEMORY_USER_ID", "alice");
    builder.environment().put("SERVICE_PORT", "0");
    return builder.start();
  }

  private static void await(Path file) throws IOException, InterruptedException {
    for (int tenth = 0; tenth < PATIENCE_SECONDS * 10 && !Files.exists(file); tenth++) {
      Thread.sleep(100);
    }
    if (!Files.exists(file)) {
      throw new IOException("The server did not start");
    }
  }

  /// The median of some starts, in milliseconds.
  private static double start(String launcher, Path home) throws Exception {
    double[] millis = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      long begin = System.nanoTime();
      try (Client _ = new Client(process(launcher, home, "stdio"))) {
        millis[i] = (System.nanoTime() - begin) / 1e6;
      }
    }
    Arrays.sort(millis);
    return millis[STARTS / 2];
  }

  private static void addAll(List<Client> clients, String when, int round, Set<String> acknowledged)
      throws IOException {
    for (int i = 0; i < clients.size(); i++) {
      String text = "fact %d of process %d %s".formatted(round, i, when);
      JsonNode answer =
          clients.get(i).call("add_memory", "\"text\":\"%s\",\"infer\":false".formatted(text));
      acknowledged.add(answer.path("results").path(0).path("id").asText());
    }
  }

  private static int lost(Client client, Set<String> ids) throws IOException {
    int lost = 0;
    for (String id : ids) {
      JsonNode found = client.call("get_memory", "\"memory_id\":\"%s\"".formatted(id));
      lost += found.path("id").asText().equals(id) ? 0 : 1;
    }
    return lost;
  }

  private static long residentMb(Process process) throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.exists(status)) {
      return 0; // No such thing on macOS.
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }

  /// A client of one process.
  private static final class Client implements AutoCloseable {
    private final Process process;
    private final OutputStream in;
    private final BufferedReader out;
    private int lastId;

    Client(Process process) throws IOException {
      this.process = process;
      in = process.getOutputStream();
      out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      var _ =
          ask(
              "initialize",
              "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                  + "\"clientInfo\":{\"name\":\"many\",\"version\":\"1\"}");
    }

    JsonNode call(String tool, String arguments) throws IOException {
      JsonNode answer =
          ask("tools/call", "\"name\":\"%s\",\"arguments\":{%s}".formatted(tool, arguments));
      if (answer.path("result").path("isError").asBoolean(true)) {
        throw new IOException("Not what was hoped for: " + answer);
      }
      return answer.path("result").path("structuredContent");
    }

    private JsonNode ask(String method, String params) throws IOException {
      String line =
          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{%s}}\n"
              .formatted(++lastId, method, params);
      in.write(line.getBytes(UTF_8));
      in.flush();
      String answer = out.readLine();
      if (answer == null) {
        throw new IOException("The process ended");
      }
      return Fixture.parsed(answer);
    }

    @Override
    public void close() throws IOException {
      in.close();
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
