package dev.agenticmemory;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.transport.Pump;
import dev.agenticmemory.transport.Starter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What a client's process does: has the server of the data folder work for it where there is one,
/// else works by itself. The first is to start at once, so nothing here may load what it does not
/// need: no [Program], no logger, no JSON.
final class Stdio {

  private final Config config;
  private final String version;
  private final Map<String, String> environment;
  private final Supplier<List<String>> serverCommand;

  /// @param serverCommand starts a server of the same data folder, with the same settings
  Stdio(
      Config config,
      String version,
      Map<String, String> environment,
      Supplier<List<String>> serverCommand) {
    this.config = config;
    this.version = version;
    this.environment = environment;
    this.serverCommand = serverCommand;
  }

  /// Serves one MCP client until its input ends.
  ///
  /// @param standalone whether no server is to work for it
  void serve(boolean standalone, InputStream in, OutputStream out) throws IOException {
    Optional<Pump> pump = standalone ? Optional.empty() : pump(out);
    if (pump.isPresent()) {
      pump.get().serve(in);
    } else {
      try (Program program = program()) {
        program.serve(caller(config), in, out);
      }
    }
  }

  private Optional<Pump> pump(OutputStream out) {
    Starter starter =
        config.serverIdle().isZero() ? null : Starter.of(config.home(), serverCommand).orElse(null);
    return Pump.to(
        new Pump.Origin(config.home(), version, settings(config, version), caller(config)),
        starter,
        () -> program().ownDispatcher(),
        out,
        System.err::println);
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

  /// Closed at the end of the process, however that comes.
  private Program program() {
    Program program = new Program(config, version, environment);
    Runtime.getRuntime().addShutdownHook(new Thread(program::close, "shut-down"));
    return program;
  }
}
