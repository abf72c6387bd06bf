package dev.agenticmemory.domain;

/// The person (or tenant) whose memories these are. Users never see each other's.
///
/// @param value any non-blank text of up to 256 characters, matched exactly
public record UserId(String value) {

  public UserId {
    value = Identifier.checked("user_id", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
