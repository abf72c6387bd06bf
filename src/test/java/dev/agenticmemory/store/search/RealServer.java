package dev.agenticmemory.store.search;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real server in a process of its own, which ends with this one. It can be killed and started
/// again on the same folder and port.
public final class RealServer implements AutoCloseable {

  /// Where `.ci/engines/pom.xml` has put the servers.
  private static final Path ENGINES = Path.of(System.getProperty("engines", ".ci/engines"));

  private static final int LAST_LINES = 40;
  private static final Duration START_MAX = Duration.ofMinutes(3);

  private final List<String> command;
  private final int port;
  private @Nullable Process process;

  private RealServer(List<String> command, int port) {
    this.command = command;
    this.port = port;
  }

  /// Elasticsearch on an empty folder.
  public static RealServer elasticsearch(Path folder, String... settings) {
    Path home =
        only(ENGINES.resolve("elasticsearch/target"), "sonarqube-").resolve("elasticsearch");
    List<String> command = java("512m");
    command.addAll(
        List.of(
            "--module-path",
            home.resolve("lib").toString(),
            "--add-modules",
            "ALL-MODULE-PATH,jdk.incubator.vector,jdk.net,jdk.management.agent",
            "--enable-native-access=org.elasticsearch.nativeaccess,org.apache.lucene.core,ALL-UNNAMED",
            "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.lucene99=org.elasticsearch.server",
            "--add-opens=org.apache.lucene.core/org.apache.lucene.codecs.hnsw=org.elasticsearch.server",
            "--add-opens=org.apache.lucene.core/org.apache.lucene.internal.vectorization=org.elasticsearch.server",
            "-Dlog4j2.disable.jmx=true",
            "-Des.distribution.type=tar",
            ENGINES.resolve("elasticsearch/ElasticsearchNode.java").toString(),
            home.toString()));
    return started(command, folder, settings);
  }

  /// OpenSearch with k-NN on an empty folder.
  public static RealServer openSearch(Path folder, String... settings) {
    Path target = ENGINES.resolve("opensearch/target");
    List<String> command = java("512m");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--add-modules",
            "jdk.incubator.vector",
            "--class-path",
            target.resolve("lib") + "/*" + File.pathSeparator + target.resolve("knn") + "/*",
            ENGINES.resolve("opensearch/OpenSearchNode.java").toString()));
    return started(command, folder, settings);
  }

  /// A lenient stand-in for S3 Vectors, which forgets all when it ends.
  public static RealServer s3Vectors(Path folder) {
    List<String> command = java("256m");
    command.addAll(
        List.of(
            "--class-path",
            ENGINES.resolve("s3vectors/target/lib") + "/*",
            ENGINES.resolve("s3vectors/S3VectorsNode.java").toString()));
    return started(command, folder);
  }

  private static List<String> java(String memory) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ArrayList<>(List.of(java.toString(), "-Xmx" + memory));
  }

  private static Path only(Path folder, String prefix) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.getFileName().toString().startsWith(prefix))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RealServer started(List<String> command, Path folder, String... settings) {
    int port = freePort();
    command.add(folder.toString());
    command.add(String.valueOf(port));
    command.add(String.valueOf(freePort()));
    command.addAll(List.of(settings));
    RealServer server = new RealServer(List.copyOf(command), port);
    server.start();
    return server;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// Starts it, on what it wrote before, and waits until it answers.
  public void start() {
    try {
      Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
      process = started;
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
      Thread watch = Thread.ofPlatform().daemon().start(() -> endLate(started));
      awaitReady(out);
      watch.interrupt();
      Thread.ofPlatform().daemon().start(() -> out.lines().forEach(_ -> {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void endLate(Process started) {
    try {
      Thread.sleep(START_MAX);
      started.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitReady(BufferedReader out) throws IOException {
    List<String> last = new ArrayList<>();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.equals("READY")) {
        return;
      }
      last.add(line);
      if (last.size() > LAST_LINES) {
        last.removeFirst();
      }
    }
    throw new IllegalStateException("The server ended: " + String.join("\n", last));
  }

  /// Ends it at once, as a power cut does.
  public void kill() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
