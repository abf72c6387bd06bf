package dev.agenticmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The server that stdio processes start: real processes with the real model.
@Timeout(180) // Only where a process hangs.
final class OnDemandServerTest {

  private static final Map<String, String> SHORT = Map.of("MEMORY_SERVER_IDLE_SECONDS", "1");
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path home;

  /// Ends what a test has left running.
  @AfterEach
  void endServers() throws Exception {
    for (ProcessHandle server : servers()) {
      server.destroyForcibly();
      server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Test
  void theFirstClientGetsAServerThatOutlivesItAndServesTheNext() throws Exception {
    String id;
    try (StdioSession client = client(Map.of())) {
      id = client.add("likes tea");
    }
    long server = server();
    try (StdioSession client = client(Map.of())) {
      assertThat(client.has(id)).isTrue();
    }
    assertThat(server()).isEqualTo(server);
    assertThat(ProcessHandle.of(server)).isPresent();
  }

  @Test
  void theServerIsOutOfReachOfSignalsToItsClient() throws Exception {
    assumeThat(Files.exists(Path.of("/proc/self/stat"))).isTrue();
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
      assertThat(session(server())).isEqualTo(server());
      assertThat(session(client.process().pid())).isNotEqualTo(server());
    }
  }

  @Test
  void clientsThatStartAtTheSameInstantGetOneServer() throws Exception {
    assumeThat(Files.exists(Path.of("/proc/self/environ"))).isTrue();
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      Callable<String> session =
          () -> {
            try (StdioSession client = client(Map.of())) {
              return client.add("a fact of process " + client.process().pid());
            }
          };
      List<String> ids = new ArrayList<>();
      for (Future<String> added : clients.invokeAll(List.of(session, session, session, session))) {
        ids.add(added.get());
      }
      assertThat(ids).doesNotHaveDuplicates().hasSize(4);
    }
    assertThat(servers()).singleElement().extracting(ProcessHandle::pid).isEqualTo(server());
  }

  @Test
  void aServerThatNobodyUsesEndsAndLeavesNothing() throws Exception {
    try (StdioSession client = client(SHORT)) {
      client.add("likes tea");
    }
    awaitEnd(server());
    assertThat(home.toFile().list())
        .noneMatch(name -> name.endsWith(".sock") || name.equals("serve.endpoint"));
  }

  /// Whenever a client comes: to a server, while it is just ending, or after.
  @Test
  void nothingIsLostWithAServerThatIsEnding() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int pause = 900; pause <= 1_500; pause += 200) {
      try (StdioSession client = client(SHORT)) {
        ids.add(client.add("after %d ms".formatted(pause)));
      }
      Thread.sleep(pause);
    }
    try (StdioSession client = client(SHORT)) {
      for (String id : ids) {
        assertThat(client.has(id)).isTrue();
      }
    }
  }

  /// Who can read a lock's file can hold the lock, and so keep servers from starting.
  @Test
  void noOtherUserCanOpenTheDataFolderOrWhatServersPutThere() throws Exception {
    Path made = home.resolve("made");
    try (StdioSession client = client(Map.of("MEMORY_HOME", made.toString()))) {
      client.add("likes tea");
    }
    assertThat(Files.getPosixFilePermissions(made))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    for (String file : List.of("serve.lock", "serve.start.lock", "server.log")) {
      assertThat(Files.getPosixFilePermissions(made.resolve(file)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void whenTheServerIsKilledTheNextCallsGoToOneNewServer() throws Exception {
    try (StdioSession one = client(Map.of());
        StdioSession other = client(Map.of())) {
      String before = one.add("before the kill");
      long killed = server();
      ProcessHandle.of(killed).orElseThrow().destroyForcibly();
      awaitEnd(killed);
      String after = other.add("after the kill");
      assertThat(one.has(before) && one.has(after)).isTrue();
      assertThat(server()).isNotEqualTo(killed);
    }
  }

  @Test
  void aClientWhoseServerIsStoppedGoesOnByItself() throws Exception {
    try (StdioSession client = client(Map.of())) {
      String id = client.add("before the stop");
      assertThat(new ProcessBuilder("kill", "-STOP", String.valueOf(server())).start().waitFor())
          .isZero();
      assertThat(client.has(id)).isTrue();
      assertThat(client.has(client.add("after the stop"))).isTrue();
    }
  }

  @Test
  void whatAKilledServerOfAnotherVersionLeftIsNoObstacle() throws Exception {
    Files.write(
        home.resolve("serve.endpoint"), List.of(home.resolve("serve-1.sock").toString(), "x", "0"));
    Files.createFile(home.resolve("serve-1.sock"));
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
      assertThat(servers()).hasSize(1);
    }
  }

  @Test
  void aClientWithOtherSettingsWorksByItselfAndSaysSo() throws Exception {
    try (StdioSession client = client(Map.of())) {
      String id = client.add("likes tea");
      long server = server();
      try (StdioSession other = client(Map.of("LLM_TIMEOUT_MS", "1234"))) {
        assertThat(other.has(id)).isTrue();
        other.process().getOutputStream().close();
        assertThat(said(other)).contains("other settings");
      }
      assertThat(server()).isEqualTo(server);
    }
  }

  /// As on a full disk: neither word nor log can be written.
  @Test
  void whereNoServerCanBeStartedTheClientWorksByItselfAndSaysSo() throws Exception {
    Files.createDirectories(home.resolve("serve.endpoint").resolve("in the way"));
    Files.createSymbolicLink(home.resolve("server.log"), Path.of("/dev/full"));
    try (StdioSession client = client(Map.of())) {
      assertThat(client.has(client.add("likes tea"))).isTrue();
      client.process().getOutputStream().close();
      assertThat(said(client)).contains("No server could be started");
    }
    assertThat(servers()).isEmpty();
  }

  @Test
  void theLogSaysWhyAServerWasNotStarted() throws Exception {
    Files.createDirectories(home.resolve("serve.endpoint").resolve("in the way"));
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
    }
    assertThat(home.resolve("server.log")).content().contains("ended because of a fault");
  }

  @Test
  void theLogSaysThatAnotherServerHasThePlace() throws Exception {
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
      assertThat(process(Map.of(), "local-server").waitFor()).isZero();
    }
    assertThat(home.resolve("server.log")).content().contains("Another server has the place");
  }

  @Test
  void aClientThatNeedsAServerAfterOneWithOtherSettingsWasStartedSaysSo() throws Exception {
    try (StdioSession late = client(Map.of("LLM_TIMEOUT_MS", "1234"));
        StdioSession client = client(Map.of())) {
      String id = client.add("likes tea");
      assertThat(late.has(id)).isTrue();
      late.process().getOutputStream().close();
      assertThat(said(late)).contains("other settings");
    }
  }

  @Test
  void noServerIsStartedWhereNoneIsWanted() throws Exception {
    try (StdioSession client = client(Map.of("MEMORY_SERVER_IDLE_SECONDS", "0"))) {
      client.add("likes tea");
    }
    try (StdioSession client = new StdioSession(process(Map.of(), "stdio", "--standalone"))) {
      client.add("likes coffee");
    }
    assertThat(servers()).isEmpty();
    assertThat(home.resolve("server.log")).doesNotExist();
  }

  /// So that a host that only looks leaves nothing behind.
  @Test
  void aClientThatOnlyAsksForTheToolsStartsNoServer() throws Exception {
    try (StdioSession client = client(Map.of())) {
      assertThat(client.ask("tools/list", "").path("result").path("tools")).hasSize(10);
    }
    assertThat(servers()).isEmpty();
  }

  @Test
  void aServerOnTheNetworkTakesThePlaceOfOneThatAClientStarted() throws Exception {
    try (StdioSession client = client(Map.of())) {
      String id = client.add("likes tea");
      long replaced = server();
      Process serve = process(Map.of("SERVICE_PORT", "0"), "serve");
      try {
        while (server() != serve.pid()) {
          Thread.sleep(50);
        }
        try (StdioSession next = client(Map.of())) {
          assertThat(next.has(id)).isTrue();
        }
        assertThat(client.has(client.add("still served"))).isTrue();
        client.process().getOutputStream().close();
        awaitEnd(replaced);
      } finally {
        serve.destroy();
        serve.waitFor();
      }
    }
  }

  @Test
  void aServerWhosePlaceWasTakenForAWhileServesTheNextClientsToo() throws Exception {
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
      long first = server();
      Process serve = process(Map.of("SERVICE_PORT", "0"), "serve");
      while (server() != serve.pid()) {
        Thread.sleep(50);
      }
      serve.destroy();
      serve.waitFor();
      try (StdioSession next = client(Map.of())) {
        next.add("likes coffee");
        assertThat(server()).isEqualTo(first);
        next.process().getOutputStream().close();
        assertThat(said(next)).isEmpty();
      }
    }
  }

  @Test
  void aServerWhoseDataFolderIsGoneEnds() throws Exception {
    try (StdioSession client = client(Map.of())) {
      client.add("likes tea");
    }
    long server = server();
    Files.delete(home.resolve("serve.endpoint"));
    awaitEnd(server);
  }

  private StdioSession client(Map<String, String> env) throws IOException {
    return new StdioSession(process(env, "stdio"));
  }

  private Process process(Map<String, String> env, String... arguments) throws IOException {
    List<String> options = List.of("-XX:TieredStopAtLevel=1");
    ProcessBuilder builder = new ProcessBuilder(OwnProcess.command(options, List.of(arguments)));
    builder.environment().put("MEMORY_HOME", home.toString());
    builder.environment().put("MEMORY_USER_ID", "alice");
    builder.environment().putAll(env);
    return builder.start();
  }

  private static String said(StdioSession client) throws IOException {
    return new String(client.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /// The process id of the server that the data folder leads to.
  private long server() throws IOException {
    Path socket = Path.of(Files.readAllLines(home.resolve("serve.endpoint")).getFirst());
    return Long.parseLong(socket.getFileName().toString().replaceAll("\\D", ""));
  }

  private static void awaitEnd(long pid) throws Exception {
    Optional<ProcessHandle> server = ProcessHandle.of(pid);
    if (server.isPresent()) {
      server.get().onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /// All servers of this data folder that stdio processes have started.
  private List<ProcessHandle> servers() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(process -> isServerHere(process.pid())).toList();
    }
  }

  private boolean isServerHere(long pid) {
    try {
      String command = Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
      String environment = Files.readString(Path.of("/proc", String.valueOf(pid), "environ"));
      return command.contains("local-server") && environment.contains(home.toString());
    } catch (IOException _) {
      return false; // It has ended, or is somebody else's.
    }
  }

  private static long session(long pid) throws IOException {
    String status = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
    return Long.parseLong(status.substring(status.lastIndexOf(')') + 2).split(" ", -1)[3]);
  }
}
