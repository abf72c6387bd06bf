package dev.agenticmemory.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `agentic-memory serve`: the server on the network.
@Command(
    name = "serve",
    description = "Serve MCP and REST over HTTP, at SERVICE_HOST and SERVICE_PORT.",
    mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

  /// Serves until the process is told to end.
  public interface Server {
    void serve() throws Exception;
  }

  private final Server server;

  public ServeCommand(Server server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    server.serve();
    return 0;
  }
}
