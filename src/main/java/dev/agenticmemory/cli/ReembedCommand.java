package dev.agenticmemory.cli;

import dev.agenticmemory.transfer.Reembed;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agentic-memory reembed`: another embedding model for what is stored.
@Command(
    name = "reembed",
    description =
        "Make all vectors anew with the embedding model of the settings, while others go on with the"
            + " old one; an interrupted run goes on where it stopped.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class ReembedCommand implements Callable<Integer> {

  /// Works on the change, for which store and model are open meanwhile.
  public interface Reembeds {
    int with(ToIntFunction<Reembed> work);
  }

  private final Reembeds reembeds;
  private final String model;

  @Spec CommandSpec spec;

  @Option(names = "--dry-run", description = "Only count what there is to embed.")
  boolean dryRun;

  /// @param model the name of the model in the settings
  public ReembedCommand(Reembeds reembeds, String model) {
    this.reembeds = reembeds;
    this.model = model;
  }

  @Override
  public Integer call() {
    return reembeds.with(this::run);
  }

  private int run(Reembed reembed) {
    PrintWriter out = spec.commandLine().getOut();
    long left = reembed.left();
    if (dryRun) {
      out.printf("%,d texts would be embedded with %s%n", left, model);
      out.flush();
      return 0;
    }
    Bar bar = new Bar(out, left);
    long done = reembed.run(bar::show);
    out.printf("%n%,d texts embedded; all vectors are now of %s%n", done, model);
    out.println("Processes that still have the old EMBEDDING_MODEL say so: start them again.");
    out.flush();
    return 0;
  }
}
