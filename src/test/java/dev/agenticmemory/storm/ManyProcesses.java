package dev.agenticmemory.storm;

import dev.agenticmemory.StdioSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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
    int processes = Integer.parseInt(args[1]);
    beside("serve", args[0], processes);
    beside("stdio", args[0], processes);
  }

  /// @param command what starts the server
  private static void beside(String command, String launcher, int processes) throws Exception {
    Path home = Files.createTempDirectory("agentic-memory-many");
    Process first = process(launcher, home, command);
    List<StdioSession> clients = new ArrayList<>();
    try {
      Set<String> acknowledged = new HashSet<>();
      if (command.equals("stdio")) {
        clients.add(new StdioSession(first));
        acknowledged.add(clients.getFirst().add("what takes a server"));
      }
      await(home.resolve("serve.endpoint"));
      double start = start(launcher, home);
      while (clients.size() <= processes) {
        clients.add(new StdioSession(process(launcher, home, "stdio")));
      }
      List<StdioSession> late = clients.subList(1, clients.size()); // All but who started it.
      for (int i = 0; i < ADDS; i++) {
        addAll(late, "before the kill", i, acknowledged);
      }
      long resident = 0;
      for (StdioSession client : late) {
        resident = Math.max(resident, residentMb(client.process()));
      }
      kill(home);
      addAll(clients, "after the kill", 0, acknowledged);
      int lost = lost(clients.getFirst(), acknowledged);
      System.out.printf(
          Locale.ROOT,
          "%d stdio processes beside a server of `%s`: start to initialize answered p50 %.0f ms, at"
              + " most %d MB resident each; after kill -9: %d acknowledged, %d lost%n",
          late.size(),
          command,
          start,
          resident,
          acknowledged.size(),
          lost);
      if (lost > 0 || resident > RESIDENT_MB_MAX || start > START_MS_MAX) {
        throw new IllegalStateException("That is not what is promised");
      }
    } finally {
      for (StdioSession client : clients) {
        client.close();
      }
      kill(home);
      first.destroyForcibly();
    }
  }

  /// Kills the server of a data folder.
  private static void kill(Path home) throws IOException {
    Path endpoint = home.resolve("serve.endpoint");
    if (Files.exists(endpoint)) {
      Path socket = Path.of(Files.readAllLines(endpoint).getFirst());
      long server = Long.parseLong(socket.getFileName().toString().replaceAll("\\D", ""));
      ProcessHandle.of(server).ifPresent(ProcessHandle::destroyForcibly);
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
      try (StdioSession _ = new StdioSession(process(launcher, home, "stdio"))) {
        millis[i] = (System.nanoTime() - begin) / 1e6;
      }
    }
    Arrays.sort(millis);
    return millis[STARTS / 2];
  }

  private static void addAll(
      List<StdioSession> clients, String when, int round, Set<String> acknowledged)
      throws IOException {
    for (int i = 0; i < clients.size(); i++) {
      acknowledged.add(clients.get(i).add("fact %d of process %d %s".formatted(round, i, when)));
    }
  }

  private static int lost(StdioSession client, Set<String> ids) throws IOException {
    int lost = 0;
    for (String id : ids) {
      lost += client.has(id) ? 0 : 1;
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
}
