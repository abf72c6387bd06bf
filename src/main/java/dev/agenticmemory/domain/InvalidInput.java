package dev.agenticmemory.domain;

/// The caller sent something that can never work. The caller can mend it and try again.
public final class InvalidInput extends MemoryException {

  private final String argument;

  /// A failure that one argument causes.
  ///
  /// @param argument the name of the wrong argument, as the caller wrote it
  /// @param problem what is wrong with it, with its value or its limit
  public InvalidInput(String argument, String problem, String hint) {
    super(argument + " " + problem, hint, null);
    this.argument = argument;
  }

  public String argument() {
    return argument;
  }
}
