package dev.agenticmemory.cli;

import dev.agenticmemory.domain.MemoryException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `agentic-memory doctor`: looks at each part with a real try, and says what is wrong.
@Command(
    name = "doctor",
    description = "Check every part, with a real call to each.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class DoctorCommand implements Callable<Integer> {

  private final Supplier<List<Check>> checks;

  @Spec CommandSpec spec;

  public DoctorCommand(Supplier<List<Check>> checks) {
    this.checks = checks;
  }

  /// Returns 0 where all parts work, 1 where one does not.
  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int failures = 0;
    for (Check check : checks.get()) {
      try {
        Check.Finding finding = check.probe().look();
        out.printf(
            "%-4s  %-16s  %s%n", finding.fine() ? "ok" : "note", check.name(), finding.text());
      } catch (MemoryException e) {
        failures++;
        out.printf("FAIL  %-16s  %s.%n%24s%s%n", check.name(), e.getMessage(), "", e.hint());
      } catch (Exception e) {
        failures++;
        out.printf("FAIL  %-16s  A fault in agentic-memory: %s%n", check.name(), e);
      }
      out.flush();
    }
    return failures == 0 ? 0 : 1;
  }
}
