package dev.agenticmemory.domain;

import java.util.UUID;

/// Identity of one memory, unique across all users. A UUIDv7, so ids made later sort later.
public record MemoryId(UUID value) implements Comparable<MemoryId> {

  /// Parses the form that [#toString] prints.
  public static MemoryId parse(String text) {
    String trimmed = text.strip();
    try {
      UUID value = UUID.fromString(trimmed);
      if (value.toString().equalsIgnoreCase(trimmed)) {
        return new MemoryId(value);
      }
    } catch (IllegalArgumentException _) {
      // Falls through to the one message for every wrong form.
    }
    String shown = trimmed.length() > 64 ? trimmed.substring(0, 64) + "…" : trimmed;
    throw new InvalidInput(
        "memory_id",
        "is not an id of a memory: \"" + shown + "\"",
        "Use the id that add_memory, search_memory or list_memories returned.");
  }

  /// The id right before this one in order, whether a memory has it or not.
  public MemoryId before() {
    long low = value.getLeastSignificantBits() - 1;
    return new MemoryId(new UUID(value.getMostSignificantBits() - (low == -1 ? 1 : 0), low));
  }

  /// In the order of their text, which is the order in which they were made.
  @Override
  public int compareTo(MemoryId other) {
    int high =
        Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
