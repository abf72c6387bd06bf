package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.engine.Workspace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// A workspace in a folder of this machine.
final class FolderWorkspace implements Workspace {

  private final AgentId agent;
  private final Path folder;
  private final Layout layout;

  FolderWorkspace(AgentId agent, Path folder, Layout layout) {
    this.agent = agent;
    this.folder = folder;
    this.layout = layout;
  }

  @Override
  public AgentId agent() {
    return agent;
  }

  @Override
  public boolean isThere() {
    return Files.isDirectory(folder.resolve(layout.folder()));
  }

  @Override
  public List<LocalDate> days(LocalDate from) {
    return List.copyOf(diaries().tailMap(from).keySet());
  }

  @Override
  public List<Entry> entries(LocalDate day) {
    List<Entry> entries = new ArrayList<>();
    for (Path file : diaries().getOrDefault(day, List.of())) {
      read(file).ifPresent(text -> entries.addAll(new Diary(day, text).entries()));
    }
    return entries;
  }

  @Override
  public Optional<Notes> notes() {
    return read(folder.resolve(layout.notes()))
        .map(file -> new Notes(NoteSections.of(file.text()), file.changed()));
  }

  /// The diary files of each day, in the order of their names.
  private NavigableMap<LocalDate, List<Path>> diaries() {
    NavigableMap<LocalDate, List<Path>> diaries = new TreeMap<>();
    Path where = folder.resolve(layout.folder());
    if (!Files.isDirectory(where)) {
      return diaries;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(where)) {
      for (Path file : files) {
        layout
            .day(file.getFileName().toString())
            .ifPresent(day -> diaries.computeIfAbsent(day, _ -> new ArrayList<>()).add(file));
      }
    } catch (IOException e) {
      throw unreadable(where, e);
    }
    diaries.values().forEach(files -> files.sort(null));
    return diaries;
  }

  /// Empty where the file is not there, or not any more.
  private static Optional<TextFile> read(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(TextFile.read(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Unavailable unreadable(Path file, IOException e) {
    return new Unavailable(
        "%s cannot be read: %s".formatted(file, e.getMessage()),
        "Check the file and its permissions.",
        e);
  }
}
