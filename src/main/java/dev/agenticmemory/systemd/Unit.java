package dev.agenticmemory.systemd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What systemd is told about the service.
///
/// @param command the program, then its arguments; never empty
/// @param environment what is added to the little that systemd gives
public record Unit(List<String> command, Map<String, String> environment) {

  private static final String TEMPLATE = "agentic-memory.service";
  private static final String COMMAND = "ExecStart=";

  public Unit {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("A service is started by a command");
    }
  }

  /// The file, made from the one that people may also copy by hand.
  public String text() {
    return template()
        .lines()
        .dropWhile(line -> line.startsWith("#"))
        .flatMap(line -> line.startsWith(COMMAND) ? started() : Stream.of(line))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private Stream<String> started() {
    Stream<String> variables =
        new TreeMap<>(environment)
            .entrySet().stream().map(v -> "Environment=" + quoted(v.getKey() + "=" + v.getValue()));
    String line =
        command.stream()
            .map(word -> quoted(word.replace("$", "$$")))
            .collect(Collectors.joining(" ", COMMAND, ""));
    return Stream.concat(variables, Stream.of(line));
  }

  private static String quoted(String word) {
    return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%") + '"';
  }

  private static String template() {
    try (InputStream in = Unit.class.getResourceAsStream(TEMPLATE)) {
      return new String(Objects.requireNonNull(in, TEMPLATE).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
