package dev.agenticmemory.domain;

import java.util.Locale;

/// Who said a memory, by name where the client told one, else by role.
public final class Speaker {

  /// The metadata key that holds the name.
  public static final String KEY = "name";

  private Speaker() {}

  /// The name, or `user`, `assistant` or `system`.
  public static String of(Author author, Metadata metadata) {
    return metadata.values().get(KEY) instanceof String name && !name.isBlank()
        ? name.strip()
        : author.name().toLowerCase(Locale.ROOT);
  }
}
