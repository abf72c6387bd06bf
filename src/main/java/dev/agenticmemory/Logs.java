package dev.agenticmemory;

import dev.agenticmemory.config.Service;
import dev.agenticmemory.logging.LogForm;
import dev.agenticmemory.logging.LogLines;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// What a server does to have all that it says in one form.
final class Logs {

  private static final Logger LOG = LoggerFactory.getLogger(Logs.class);

  private Logs() {}

  /// From now on; also what libraries say through Java's own loggers, and threads that end with a
  /// fault.
  static void ofServer(Service.LogFormat format) {
    LogLines.standardError()
        .use(
            switch (format) {
              case JSON -> LogForm.JSON;
              case TEXT -> LogForm.TEXT;
            });
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Thread.setDefaultUncaughtExceptionHandler((thread, fault) ->
        LOG.error("Thread {} ended because of a fault in this program", thread.getName(), fault));
  }
}
