package dev.agenticmemory.engine;

import dev.agenticmemory.domain.Event;
import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.llm.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of an add.
///
/// @param status whether it is done, or waits for a language model
/// @param items what became of each part of the input, in order
/// @param replayed whether this is the answer of an earlier call with the same key
/// @param modelMissing whether facts were asked for, and no language model is configured
/// @param usage what the language model cost for it, all attempts together
public record Added(
    Status status, List<Item> items, boolean replayed, boolean modelMissing, Usage usage) {

  /// Without a language model.
  Added(Status status, List<Item> items, boolean replayed, boolean modelMissing) {
    this(status, items, replayed, modelMissing, Usage.NONE);
  }

  public enum Status {
    STORED,
    PENDING
  }

  /// What became of one part of the input.
  ///
  /// @param text what is stored under `id`
  /// @param reason why nothing changed; null where something did
  public record Item(MemoryId id, String text, Event event, @Nullable String reason) {}

  public Added {
    items = List.copyOf(items);
  }
}
