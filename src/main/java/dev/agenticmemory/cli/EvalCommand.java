package dev.agenticmemory.cli;

import dev.agenticmemory.eval.Dataset;
import dev.agenticmemory.eval.Datasets;
import dev.agenticmemory.eval.Report;
import dev.agenticmemory.json.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `agentic-memory eval`: how well search finds what a dataset says it should.
@Command(
    name = "eval",
    description = "Measure retrieval on a dataset, beside simple baselines.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class EvalCommand implements Callable<Integer> {

  /// Runs a dataset through a new engine.
  public interface Runner {
    /// Stores the dataset in an empty folder and measures what is found.
    ///
    /// @param progress is told what is being done
    Report run(Dataset dataset, Path home, Consumer<String> progress);
  }

  private final Runner runner;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "DATASET",
      description = "A file or folder: REALTALK, LoCoMo, BEAM, or JSON lines.")
  Path dataset;

  @Option(names = "--json", description = "Print the report as JSON.")
  boolean json;

  public EvalCommand(Runner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    Dataset read = Datasets.read(dataset);
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress =
        step -> {
          err.println(step);
          err.flush();
        };
    Report report = Folders.temporary(home -> runner.run(read, home, progress));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(report.json()));
    } else {
      report.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
