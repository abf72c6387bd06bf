package dev.agenticmemory.domain;

import java.util.Locale;

/// What somebody may be allowed to do.
public enum Right {
  /// To search, list and read memories.
  READ,
  /// To add and change memories.
  WRITE,
  /// To remove memories, for good.
  DELETE,
  /// To see how the program is doing: metrics of all users together.
  ADMIN;

  /// As it is written in files, settings and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
