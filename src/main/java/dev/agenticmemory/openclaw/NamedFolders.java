package dev.agenticmemory.openclaw;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.engine.Workspace;
import dev.agenticmemory.engine.Workspaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Workspaces that the settings name, for people without OpenClaw.
public final class NamedFolders implements Workspaces {

  private final Map<AgentId, Path> folders;
  private final List<Workspace> workspaces;

  public NamedFolders(Map<AgentId, Path> folders, Layout layout) {
    this.folders = Map.copyOf(folders);
    workspaces =
        folders.entrySet().stream()
            .<Workspace>map(e -> new FolderWorkspace(e.getKey(), e.getValue(), layout))
            .toList();
  }

  @Override
  public List<Workspace> all() {
    return workspaces;
  }

  @Override
  public List<String> missing() {
    return folders.entrySet().stream()
        .filter(e -> !Files.isDirectory(e.getValue()))
        .map(e -> "MEMORY_WORKSPACES: %s has no folder %s".formatted(e.getKey(), e.getValue()))
        .sorted()
        .toList();
  }

  @Override
  public String hint() {
    return "Set MEMORY_WORKSPACES, such as main=~/notes.";
  }
}
