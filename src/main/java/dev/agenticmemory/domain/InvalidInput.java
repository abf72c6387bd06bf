package dev.agenticmemory.domain;

/// The caller sent something that can never work. The caller can mend it and try again.
public final class InvalidInput extends MemoryException {

  private final String argument;
  private final String problem;

  /// A failure that one argument causes.
  ///
  /// @param argument the name of the wrong argument, as the caller wrote it
  /// @param problem what is wrong with it, with its value or its limit
  public InvalidInput(String argument, String problem, String hint) {
    super(argument + " " + problem, hint, null);
    this.argument = argument;
    this.problem = problem;
  }

  /// The same of an argument that is a part of `whole`, such as `messages[3]`.
  public InvalidInput in(String whole) {
    return new InvalidInput(whole + "." + argument, problem, hint());
  }

  public String argument() {
    return argument;
  }
}
