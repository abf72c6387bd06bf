package dev.agenticmemory.domain;

/// One agent of a user, such as `main` or `dev`.
///
/// @param value any non-blank text of up to 256 characters, matched exactly
public record AgentId(String value) {

  public AgentId {
    value = Identifier.checked("agent_id", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
