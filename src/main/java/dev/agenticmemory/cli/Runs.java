package dev.agenticmemory.cli;

import dev.agenticmemory.store.RunSummary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Knows which runs there are.
public interface Runs {

  /// The newest runs of a user that have memories.
  ///
  /// @param user null for the user of the settings
  List<RunSummary> of(@Nullable String user);
}
