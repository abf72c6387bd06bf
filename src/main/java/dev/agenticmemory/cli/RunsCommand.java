package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.RunSummary;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agentic-memory runs`: which runs have short-term memories.
@Command(
    name = "runs",
    description = "List the runs (days, sessions) that have short-term memories, newest first.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
final class RunsCommand implements Callable<Integer> {

  private final Runs runs;

  @Spec CommandSpec spec;

  @Option(names = "--user", paramLabel = "ID", description = "Whose runs.")
  @Nullable String user;

  @Option(names = "--json", description = "Print the answer as JSON.")
  boolean json;

  RunsCommand(Runs runs) {
    this.runs = runs;
  }

  @Override
  public Integer call() {
    List<RunSummary> all = runs.of(user);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.pretty(node(all)));
    } else if (all.isEmpty()) {
      out.println("No run has memories.");
    } else {
      all.forEach(run -> out.println(line(run)));
      out.println("(Their memories: list --run ID)");
    }
    out.flush();
    return 0;
  }

  private static String line(RunSummary run) {
    return "%s  %,d memories, the newest of %s"
        .formatted(Shown.of(run.run().value()), run.memories(), run.latest());
  }

  private static ObjectNode node(List<RunSummary> all) {
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    for (RunSummary run : all) {
      results
          .addObject()
          .put("run_id", run.run().value())
          .put("memories", run.memories())
          .put("latest", run.latest().toString());
    }
    return answer;
  }
}
