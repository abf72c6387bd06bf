package dev.agenticmemory.clients;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is to be done to a host's configuration.
///
/// @param file where it is
/// @param before its text now; empty where there is no file
/// @param after its text then
/// @param changes a line or more for each setting, for people
/// @param foreign what another program's server under our name is started by; empty for none
public record Plan(
    Host host,
    Path file,
    String before,
    String after,
    List<String> changes,
    Optional<String> foreign) {

  public Plan {
    changes = List.copyOf(changes);
  }

  public boolean changesNothing() {
    return before.equals(after);
  }
}
