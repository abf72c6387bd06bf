package dev.agenticmemory.config;

import java.util.List;

/// The environment does not make a valid [Config]. Carries every problem, one a line.
public final class InvalidConfig extends RuntimeException {

  public InvalidConfig(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
  }
}
