package dev.agenticmemory.engine;

import static dev.agenticmemory.engine.LifecycleFixture.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A process that keeps a diary: it appends in pieces, and at random writes the file anew, trims it
/// or saves it with other line ends. Its arguments: the file, and the seed of chance.
///
/// Before it trims it says [#TRIM] and waits, so that nothing goes that nobody has read.
final class RestlessWriter {

  static final int ENTRIES = 150;
  static final String TRIM = "trim";

  private final Path file;
  private final Random random;
  private final List<String> held = new ArrayList<>();

  private RestlessWriter(Path file, long seed) {
    this.file = file;
    this.random = new Random(seed);
  }

  static void main(String[] args) throws IOException {
    new RestlessWriter(Path.of(args[0]), Long.parseLong(args[1])).write();
    ChildProcess.say("done");
  }

  static Process start(Path file, long seed) throws IOException {
    return ChildProcess.start(RestlessWriter.class, file.toString(), String.valueOf(seed));
  }

  private void write() throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      held.add(entry("10:00", "- Boss: entry " + i + " of the day 日记", "- main: noted"));
      append(held.getLast());
      switch (random.nextInt(12)) {
        case 0 -> rewrite();
        case 1 -> trim();
        case 2 -> Files.writeString(file, String.join("", held).replace("\n", "\r\n"));
        default -> {}
      }
    }
  }

  /// In pieces that end anywhere, in a character too.
  private void append(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (at < bytes.length) {
      int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
      Files.write(file, Arrays.copyOfRange(bytes, at, to), StandardOpenOption.APPEND);
      at = to;
    }
  }

  private void rewrite() throws IOException {
    Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    for (String entry : held) {
      append(entry);
    }
  }

  /// The last entry stays: it may not count as complete yet.
  private void trim() throws IOException {
    ChildProcess.say(TRIM);
    ChildProcess.requireGo();
    held.subList(0, random.nextInt(held.size())).clear();
    rewrite();
  }
}
