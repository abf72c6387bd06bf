package dev.agenticmemory.domain;

/// What a short-term memory belongs to: usually a UTC day `YYYY-MM-DD`, or a session id.
///
/// @param value any non-blank text of up to 256 characters, matched exactly
public record RunId(String value) {

  public RunId {
    value = Identifier.checked("run_id", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
