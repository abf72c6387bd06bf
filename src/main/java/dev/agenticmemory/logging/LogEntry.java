package dev.agenticmemory.logging;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/// One line of the log, before it has a form.
///
/// @param logger the full name of the class that says it
/// @param fields what is said beside the message, such as the id of the request, in order
record LogEntry(
    Instant time,
    Level level,
    String logger,
    String message,
    Map<String, Object> fields,
    @Nullable Throwable error) {

  LogEntry {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }
}
