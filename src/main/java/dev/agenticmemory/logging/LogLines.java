package dev.agenticmemory.logging;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// Makes the loggers of one log. What is said there is a line each, in one form.
public final class LogLines implements ILoggerFactory {

  private static final LogLines STANDARD_ERROR =
      new LogLines(LogForm.TEXT, line -> System.err.println(line), InstantSource.system());

  /// From which level on loggers are heard whose name begins so. All others from warnings on.
  private static final Map<String, Level> LEVELS =
      Map.of(
          "dev.agenticmemory.Network", Level.INFO,
          "dev.agenticmemory.http.Watch", Level.INFO,
          "ai.djl", Level.ERROR);

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final Consumer<String> out;
  private final InstantSource clock;
  private volatile LogForm form;

  /// @param out takes whole lines, from any thread
  public LogLines(LogForm form, Consumer<String> out, InstantSource clock) {
    this.form = form;
    this.out = out;
    this.clock = clock;
  }

  /// The log of this process. Standard output is not for it: that belongs to the protocol.
  public static LogLines standardError() {
    return STANDARD_ERROR;
  }

  /// Changes the form from now on.
  public void use(LogForm wanted) {
    form = wanted;
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, n -> new LineLogger(n, level(n), this));
  }

  private static Level level(String name) {
    return LEVELS.entrySet().stream()
        .filter(entry -> name.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(Level.WARN);
  }

  InstantSource clock() {
    return clock;
  }

  void write(LogEntry entry) {
    out.accept(form.line(entry));
  }
}
