package dev.agenticmemory.cli;

/// One thing that `doctor` looks at.
///
/// @param name what it is
/// @param probe looks, and says what it found; what it throws is what is wrong
public record Check(String name, Probe probe) {

  /// A real try of one part.
  public interface Probe {
    Finding look() throws Exception;
  }

  /// What was found.
  ///
  /// @param fine false for something that works, and that its user should know of all the same
  public record Finding(boolean fine, String text) {
    public static Finding fine(String text) {
      return new Finding(true, text);
    }

    public static Finding warning(String text) {
      return new Finding(false, text);
    }
  }
}
