package dev.agenticmemory.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files of the audit log: one a day (UTC), `2026-03-23.jsonl`, of whole lines.
public final class AuditFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditFiles.class);
  private static final String ENDING = ".jsonl";

  private final Path folder;
  private final int days;
  private final InstantSource clock;
  private @Nullable LocalDate today;
  private @Nullable FileChannel out;
  private volatile @Nullable LocalDate shippedUpTo;

  /// @param days how long a file is kept
  public AuditFiles(Path folder, int days, InstantSource clock) {
    this.folder = folder;
    this.days = days;
    this.clock = clock;
  }

  /// Files of this day and later are kept whatever their age: they are not shipped yet.
  void keepFrom(LocalDate day) {
    shippedUpTo = day;
  }

  Path folder() {
    return folder;
  }

  Path file(LocalDate day) {
    return folder.resolve(day + ENDING);
  }

  /// The days that have files, oldest first.
  List<LocalDate> days() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.flatMap(file -> day(file).stream()).sorted().toList();
    }
  }

  private static Optional<LocalDate> day(Path file) {
    String name = file.getFileName().toString();
    try {
      return name.endsWith(ENDING)
          ? Optional.of(LocalDate.parse(name.substring(0, name.length() - ENDING.length())))
          : Optional.empty();
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  /// Adds one line. Where it cannot be written, the log of the program says so, and the call goes
  /// on.
  void record(ObjectNode line) {
    try {
      append((Json.print(line) + "\n").getBytes(UTF_8));
    } catch (IOException e) {
      LOG.error("The audit log cannot be written; this line is not in it", e);
    }
  }

  /// Adds one line to the file of today. Never to an earlier file than the last line, whatever the
  /// clock does: that one may be shipped to its end.
  synchronized void append(byte[] line) throws IOException {
    LocalDate now = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    LocalDate day = today != null && now.isBefore(today) ? today : now;
    FileChannel file = out == null || !day.equals(today) ? turn(day) : out;
    ByteBuffer bytes = ByteBuffer.wrap(line);
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private FileChannel turn(LocalDate day) throws IOException {
    close();
    OwnerOnly.folder(folder);
    FileChannel next =
        FileChannel.open(file(day), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    endTornLine(day, next);
    out = next;
    today = day;
    removeOld(day);
    return next;
  }

  /// A process that was killed may have left half a line.
  private void endTornLine(LocalDate day, FileChannel next) throws IOException {
    long size = next.size();
    if (size == 0) {
      return;
    }
    try (FileChannel in = FileChannel.open(file(day), StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      in.read(last, size - 1);
      if (last.get(0) != '\n') {
        next.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
  }

  private void removeOld(LocalDate now) {
    try {
      for (LocalDate day : days()) {
        boolean waits = shippedUpTo != null && !day.isBefore(shippedUpTo);
        if (day.isBefore(now.minusDays(days)) && !waits) {
          Files.deleteIfExists(file(day));
        }
      }
    } catch (IOException e) {
      LOG.warn("Old files of the audit log are still there: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (out != null) {
      out.close();
      out = null;
    }
  }
}
