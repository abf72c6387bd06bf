package dev.agenticmemory.config;

/// A key or password. Shows itself to nobody who did not ask for [#value].
public record Secret(String value) {

  @Override
  public String toString() {
    return "[secret]";
  }
}
