package dev.agenticmemory.logging;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// How a line of the log looks.
public enum LogForm {
  /// For people. What comes beside the message is left to the message.
  TEXT {
    @Override
    String line(LogEntry entry) {
      String line =
          "%s %s %s - %s"
              .formatted(
                  entry.time().truncatedTo(ChronoUnit.SECONDS),
                  entry.level(),
                  entry.logger().substring(entry.logger().lastIndexOf('.') + 1),
                  entry.message());
      return entry.error() == null ? line : line + "\n" + stack(entry.error()).stripTrailing();
    }
  },

  /// For programs: one object, whatever is in the message.
  JSON {
    @Override
    String line(LogEntry entry) {
      ObjectNode line = Json.object();
      line.put("time", entry.time().toString());
      line.put("level", entry.level().name().toLowerCase(Locale.ROOT));
      line.put("logger", entry.logger());
      line.put("message", entry.message());
      entry.fields().forEach((name, value) -> put(line, name, value));
      if (entry.error() != null) {
        line.put("error", entry.error().getClass().getName());
        line.put("stack", stack(entry.error()));
      }
      return Json.print(line);
    }
  };

  /// Without the end of the line.
  abstract String line(LogEntry entry);

  private static void put(ObjectNode line, String name, Object value) {
    switch (value) {
      case Integer number -> line.put(name, number);
      case Long number -> line.put(name, number);
      default -> line.put(name, value.toString());
    }
  }

  private static String stack(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
