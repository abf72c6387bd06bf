package dev.agenticmemory.cli;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.transfer.Migration;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `agentic-memory migrate`: everything from one engine to another.
@Command(
    name = "migrate",
    description =
        "Move all memories, with history, from one store to another. The source is not changed;"
            + " an interrupted move goes on where it stopped.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class MigrateCommand implements Callable<Integer> {

  /// Makes the move between two engines, which are named as in `VECTOR_STORE`, or `embedded:` and a
  /// data folder; the answer of `work` on it.
  public interface Moves {
    /// Opens both, works, and closes both.
    Integer between(String from, String to, Migration.Extent extent, Work work);
  }

  /// What is done with a move.
  public interface Work {
    Integer on(Migration migration);
  }

  private final Moves moves;

  @Spec CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "STORE",
      description =
          "embedded, embedded:FOLDER, elasticsearch, opensearch or s3vectors, with their settings.")
  String from;

  @Option(names = "--to", required = true, paramLabel = "STORE", description = "Likewise.")
  String to;

  @Option(names = "--user", paramLabel = "ID", description = "Only this user's memories.")
  @Nullable String user;

  @Option(names = "--agent", paramLabel = "ID", description = "Only this agent's memories.")
  @Nullable String agent;

  @Option(names = "--dry-run", description = "Only count what there is to move.")
  boolean dryRun;

  public MigrateCommand(Moves moves) {
    this.moves = moves;
  }

  @Override
  public Integer call() {
    if (from.equals(to)) {
      throw new ParameterException(
          spec.commandLine(), "--from and --to are the same store; name two");
    }
    Migration.Extent extent =
        new Migration.Extent(
            user == null ? null : new UserId(user), agent == null ? null : new AgentId(agent));
    return moves.between(from, to, extent, this::move);
  }

  private int move(Migration migration) {
    PrintWriter out = spec.commandLine().getOut();
    long all = migration.count();
    if (dryRun) {
      out.printf("%,d memories would be moved, earlier texts and history included%n", all);
      out.flush();
      return 0;
    }
    Bar bar = new Bar(out, all);
    Migration.Report report = migration.run(bar::show);
    out.printf(
        "%n%,d memories in the source, %,d brought now, with %,d marks, tasks and seals%n",
        report.memories(), report.copied(), report.rest());
    out.printf(
        "Compared one by one: %,d differ. Searched for in the target: %d of %d found%n",
        report.different(), report.found(), report.searches());
    out.println(
        report.verified() ? "Verified: both hold the same." : "NOT the same: run it again.");
    out.flush();
    return report.verified() ? 0 : 1;
  }
}
