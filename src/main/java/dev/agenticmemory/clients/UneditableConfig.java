package dev.agenticmemory.clients;

/// A configuration that cannot be read or safely be edited; the message says why.
final class UneditableConfig extends RuntimeException {

  private static final long serialVersionUID = 1;

  UneditableConfig(String why) {
    super(why);
  }
}
