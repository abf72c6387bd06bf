package dev.agenticmemory.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Many clients at once on a real server, a third of them rude. Fails where a polite one sees an
/// error, where the server's memory grows beyond a bound, or where something that was acknowledged
/// is not there afterwards.
final class Storm {

  /// Most resident memory of the server, in megabytes.
  private static final long RESIDENT_MB_MAX = 2_048;

  private static final Pattern ADDRESS = Pattern.compile("http://[\\w.]+:\\d+");

  private Storm() {}

  /// @param args the launcher, how many clients, for how many seconds
  static void main(String[] args) throws Exception {
    int clients = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    Path home = Files.createTempDirectory("agentic-memory-storm");
    Process server = start(args[0], home);
    try {
      URI address = address(server);
      boolean calm = run(address, clients, seconds, server.pid());
      if (!calm) {
        throw new IllegalStateException("The storm did damage; see above");
      }
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static Process start(String launcher, Path home) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(launcher, "serve");
    builder.environment().keySet().removeIf(name -> name.startsWith("MEMORY_"));
    builder.environment().put("MEMORY_HOME", home.toString());
    builder.environment().put("SERVICE_PORT", "0");
    builder.environment().put("SERVICE_REQUESTS_PER_MINUTE", "0");
    return builder.start();
  }

  private static URI address(Process server) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(server.getErrorStream(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher matcher = ADDRESS.matcher(line);
      if (matcher.find()) {
        Thread.ofVirtual().start(() -> show(lines));
        return URI.create(matcher.group());
      }
    }
    throw new IOException("The server ended before it said where it is");
  }

  /// Shows what the server says, until it ends.
  private static void show(BufferedReader lines) {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.err.println(line);
      }
    } catch (IOException _) {
      // It has ended.
    }
  }

  private static boolean run(URI address, int clients, int seconds, long pid) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<PoliteClient> polite = new ArrayList<>();
    List<RudeClient> rude = new ArrayList<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    for (int i = 0; i < clients; i++) {
      if (i % 3 == 2) {
        rude.add(new RudeClient(address, i, over));
        threads.execute(rude.getLast());
      } else {
        polite.add(new PoliteClient(address, i, over));
        threads.execute(polite.getLast());
      }
    }
    long most = 0;
    for (int second = 0; second < seconds; second++) {
      Thread.sleep(1_000);
      most = Math.max(most, residentMb(pid));
    }
    over.set(true);
    threads.shutdown();
    boolean ended = threads.awaitTermination(60, TimeUnit.SECONDS);
    return report(polite, rude, most, ended);
  }

  private static boolean report(
      List<PoliteClient> polite, List<RudeClient> rude, long most, boolean ended) throws Exception {
    List<String> errors = polite.stream().flatMap(client -> client.errors().stream()).toList();
    errors.stream().limit(10).forEach(System.out::println);
    long calls = polite.stream().mapToLong(PoliteClient::calls).sum();
    long[] nanos = polite.stream().flatMapToLong(PoliteClient::nanos).sorted().toArray();
    int added = polite.stream().mapToInt(client -> client.acknowledged().size()).sum();
    int lost = 0;
    for (PoliteClient client : polite) {
      lost += client.lost();
    }
    System.out.printf(
        Locale.ROOT,
        "%d polite and %d rude clients: %d calls, p50 %.0f ms, p99 %.0f ms, %d errors;"
            + " %d rude acts; %d memories acknowledged, %d lost; at most %d MB resident%n",
        polite.size(),
        rude.size(),
        calls,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        errors.size(),
        rude.stream().mapToLong(RudeClient::acts).sum(),
        added,
        lost,
        most);
    return ended && errors.isEmpty() && lost == 0 && added > 0 && most < RESIDENT_MB_MAX;
  }

  private static long residentMb(long pid) throws IOException {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
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
