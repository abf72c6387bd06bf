package dev.agenticmemory.cli;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Forbidden;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.MemoryException;
import dev.agenticmemory.domain.NotFound;
import dev.agenticmemory.domain.Unavailable;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `agentic-memory`: the commands, and how a failure ends the process.
@Command(
    name = "agentic-memory",
    description = "The memory that agents keep.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class Cli {

  private Cli() {}

  /// The command line with every command, ready to execute.
  public static CommandLine of(String version, List<Object> commands) {
    CommandLine commandLine = new CommandLine(new Cli());
    commandLine.getCommandSpec().version("agentic-memory " + version);
    commands.forEach(commandLine::addSubcommand);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    // What is to be remembered may begin with an @.
    commandLine.setExpandAtFiles(false);
    commandLine.setExecutionExceptionHandler(Cli::fail);
    return commandLine;
  }

  private static int fail(Exception e, CommandLine at, CommandLine.ParseResult parsed)
      throws Exception {
    if (!(e instanceof MemoryException failure)) {
      throw e;
    }
    at.getErr().printf("%s.%n%s%n", Shown.of(failure.getMessage()), Shown.of(failure.hint()));
    at.getErr().flush();
    return switch (failure) {
      case InvalidInput _ -> 2;
      case NotFound _ -> 3;
      case Conflict _ -> 4;
      case Forbidden _ -> 77; // EX_NOPERM
      case Unavailable away when away.isPassing() -> 75; // EX_TEMPFAIL: scripts may retry on it.
      case Unavailable _ -> 78; // EX_CONFIG: no retry helps until a person acts.
    };
  }
}
