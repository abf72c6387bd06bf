package dev.agenticmemory;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.transport.Pump;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/// What a client's process does: has the server of the data folder work for it where there is one,
/// else works by itself. The first is to start at once, so nothing here may load what it does not
/// need: no [Program], no logger, no JSON.
final class Stdio {

  private final Config config;
  private final String version;
  private final Map<String, String> environment;

  Stdio(Config config, String version, Map<String, String> environment) {
    this.config = config;
    this.version = version;
    this.environment = environment;
  }

  /// Serves one MCP client until its input ends.
  void serve(InputStream in, OutputStream out) throws IOException {
    Optional<Pump> pump =
        Pump.to(
            config.home(),
            settings(config, version),
            caller(config),
            this::own,
            out,
            System.err::println);
    if (pump.isPresent()) {
      pump.get().serve(in);
    } else {
      try (Program program = program()) {
        program.serve(caller(config), in, out);
      }
    }
  }

  /// What this process and a server must have in common.
  static String settings(Config config, String version) {
    return version + " " + config.fingerprint();
  }

  /// Who calls over stdio: the person who started the client.
  static Caller caller(Config config) {
    return new Caller(
        config.defaultUser(),
        config.boundUser() != null,
        config.agent(),
        Source.TOOL,
        config.sharing());
  }

  private Dispatcher own() {
    return program().dispatcher();
  }

  /// Closed at the end of the process, however that comes.
  private Program program() {
    Program program = new Program(config, version, environment);
    Runtime.getRuntime().addShutdownHook(new Thread(program::close, "shut-down"));
    return program;
  }
}
