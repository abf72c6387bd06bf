package dev.agenticmemory.logging;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/// What one class says.
@SuppressWarnings("serial") // Loggers are serializable in SLF4J; nobody serializes these.
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {

  private final Level least;
  private final transient LogLines lines;

  LineLogger(String name, Level least, LogLines lines) {
    this.name = name;
    this.least = least;
    this.lines = lines;
  }

  @Override
  public void log(LoggingEvent event) {
    Map<String, Object> fields = context();
    List<KeyValuePair> pairs = Objects.requireNonNullElse(event.getKeyValuePairs(), List.of());
    pairs.forEach(pair -> fields.put(pair.key, pair.value));
    write(
        event.getLevel(),
        event.getMessage(),
        event.getArgumentArray(),
        event.getThrowable(),
        fields);
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level,
      @Nullable Marker marker,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable error) {
    write(level, message, arguments, error, context());
  }

  private static Map<String, Object> context() {
    Map<String, String> context = MDC.getCopyOfContextMap();
    return context == null ? new LinkedHashMap<>() : new LinkedHashMap<>(context);
  }

  private void write(
      Level level,
      String message,
      Object @Nullable [] arguments,
      @Nullable Throwable error,
      Map<String, Object> fields) {
    String whole = MessageFormatter.basicArrayFormat(message, arguments);
    lines.write(new LogEntry(lines.clock().instant(), level, name, whole, fields, error));
  }

  private boolean isHeard(Level level) {
    return level.toInt() >= least.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return isHeard(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isHeard(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isHeard(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isHeard(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isHeard(Level.ERROR);
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }
}
