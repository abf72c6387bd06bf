package dev.agenticmemory.clients;

import java.nio.file.Path;
import java.util.List;

/// What is to be done to a host's configuration.
///
/// @param file where it is
/// @param before its text now; empty where there is no file
/// @param after its text then
/// @param changes one line for each setting, for people
public record Plan(Host host, Path file, String before, String after, List<String> changes) {

  public Plan {
    changes = List.copyOf(changes);
  }

  public boolean changesNothing() {
    return before.equals(after);
  }
}
