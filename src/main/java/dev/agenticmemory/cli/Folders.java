package dev.agenticmemory.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders that are gone after use.
public final class Folders {

  /// Work in a folder.
  public interface Work<T> {
    T in(Path folder) throws Exception;
  }

  private Folders() {}

  /// Runs `work` in a new folder, and removes that with all that is in it.
  public static <T> T temporary(Work<T> work) throws Exception {
    Path folder = Files.createTempDirectory("agentic-memory");
    try {
      return work.in(folder);
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> paths = Files.walk(folder)) {
      deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
