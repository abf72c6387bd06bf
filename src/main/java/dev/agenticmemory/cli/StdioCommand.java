package dev.agenticmemory.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `agentic-memory stdio`: an MCP server for the client that started it.
@Command(
    name = "stdio",
    description = "Serve the MCP client that started this process, over standard input and output.",
    mixinStandardHelpOptions = true)
public final class StdioCommand implements Callable<Integer> {

  /// Serves until the client's input ends.
  public interface Server {
    void serve(boolean standalone) throws Exception;
  }

  @Option(
      names = "--standalone",
      description = "Do everything in this process, with no server of the data folder behind it.")
  private boolean standalone;

  private final Server server;

  public StdioCommand(Server server) {
    this.server = server;
  }

  @Override
  public Integer call() throws Exception {
    server.serve(standalone);
    return 0;
  }
}
