package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.eval.Dataset;
import dev.agenticmemory.eval.Datasets;
import dev.agenticmemory.eval.ExtractionReport;
import dev.agenticmemory.eval.Report;
import dev.agenticmemory.json.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
    /// @param rerank with the reranker of the settings
    /// @param progress is told what is being done
    Report run(Dataset dataset, boolean rerank, Path home, Consumer<String> progress);
  }

  /// Plays the table of conversations with the language model of the settings.
  public interface Extractor {
    /// Plays each conversation on a store of its own.
    ///
    /// @param home an empty folder
    /// @param progress is told what is being done
    ExtractionReport run(Path home, Consumer<String> progress);
  }

  private final Runner runner;
  private final Extractor extractor;

  @Spec CommandSpec spec;

  @Option(
      names = "--extract",
      description = "Measure how well the language model of the settings makes facts, instead.")
  boolean extract;

  @Parameters(
      arity = "0..1",
      paramLabel = "DATASET",
      description = "A file or folder: REALTALK, LoCoMo, BEAM, or JSON lines.")
  @Nullable Path dataset;

  @Option(names = "--rerank", description = "Have the reranker of the settings read what is found.")
  boolean rerank;

  @Option(names = "--json", description = "Print the report as JSON.")
  boolean json;

  public EvalCommand(Runner runner, Extractor extractor) {
    this.runner = runner;
    this.extractor = extractor;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter err = spec.commandLine().getErr();
    Consumer<String> progress =
        step -> {
          err.println(step);
          err.flush();
        };
    if (extract) {
      ExtractionReport report = Folders.temporary(home -> extractor.run(home, progress));
      return print(report.json(), report.lines());
    }
    if (dataset == null) {
      throw new ParameterException(
          spec.commandLine(), "DATASET is missing; name a file or folder, or pass --extract");
    }
    Dataset read = Datasets.read(dataset);
    Report report = Folders.temporary(home -> runner.run(read, rerank, home, progress));
    return print(report.json(), report.lines());
  }

  private int print(ObjectNode node, List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(node));
    } else {
      lines.forEach(out::println);
    }
    out.flush();
    return 0;
  }
}
