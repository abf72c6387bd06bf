package dev.agenticmemory.llm;

/// What calls of a language model cost, as the provider counts it.
///
/// @param calls requests that were sent, failed ones too
/// @param input tokens sent
/// @param output tokens received
public record Usage(long calls, long input, long output) {

  public static final Usage NONE = new Usage(0, 0, 0);

  public Usage plus(Usage other) {
    return new Usage(calls + other.calls, input + other.input, output + other.output);
  }

  public long total() {
    return input + output;
  }
}
