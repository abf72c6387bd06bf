package dev.agenticmemory.store.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.Metadata;
import dev.agenticmemory.domain.Sharing;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.embed.hash.HashEmbedder;
import dev.agenticmemory.engine.AddRequest;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Input;
import dev.agenticmemory.store.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a test and the processes that it starts have in common.
final class ChildJvm {

  static final Caller CALLER =
      new Caller(new UserId("alice"), false, null, Source.TOOL, Sharing.USER);
  static final Embedder EMBEDDER = new HashEmbedder(64);

  private ChildJvm() {}

  static MemoryStore open(Path folder) {
    return new SqliteStore(folder.resolve("memories.db"), EMBEDDER.space());
  }

  static AddRequest request(String text) {
    return new AddRequest(
        new Input.Text(text),
        null,
        null,
        null,
        false,
        null,
        Metadata.EMPTY,
        null,
        null,
        null,
        null);
  }

  /// Starts `main` in a JVM that is cheap to start and shares nothing with this one but its class
  /// path. What it says on its error stream goes to `errors`.
  static Process start(Path errors, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            // Each its own: the driver tidies up what others just tidied up, and complains.
            "-Dorg.sqlite.tmpdir=" + Files.createTempDirectory(errors.getParent(), "native"),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
        .start();
  }

  /// Tells the parent one line, which it has as soon as this returns.
  static void say(String line) {
    try {
      System.out.write((line + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.flush();
  }
}
