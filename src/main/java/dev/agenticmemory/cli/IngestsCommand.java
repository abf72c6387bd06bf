package dev.agenticmemory.cli;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Ingests;
import dev.agenticmemory.llm.Usage;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agentic-memory ingests`: what waits for the language model, and what was given up.
@Command(
    name = "ingests",
    description = "Show inputs that wait for the language model or were given up; try them again.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class IngestsCommand implements Callable<Integer> {

  /// What is shown of a text, in characters.
  private static final int TEXT_CHARS_MAX = 100;

  /// How often it is looked what has become of those that are tried again.
  private static final Duration LOOK = Duration.ofMillis(300);

  /// Ends a command that left something undone; scripts may run it again.
  private static final int EXIT_UNDONE = 75; // EX_TEMPFAIL

  private final Supplier<Ingests> ingests;
  private final Caller caller;
  private final Duration patience;

  @Spec CommandSpec spec;

  @Option(
      names = "--retry",
      paramLabel = "ID",
      description = "Try this one again now, and tell what became of it.")
  @Nullable String retry;

  @Option(names = "--usage", description = "Show what models cost by day, agent and run.")
  boolean usage;

  @Option(names = "--retry-all", description = "Likewise all of them.")
  boolean retryAll;

  /// For this program.
  ///
  /// @param patience how long it is waited, when inputs are tried again, for the next to be done
  public IngestsCommand(Supplier<Ingests> ingests, Caller caller, Duration patience) {
    this.ingests = ingests;
    this.caller = caller;
    this.patience = patience;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Ingests all = ingests.get();
    if (retryAll) {
      return follow(all, all.retryAll(caller), out);
    }
    if (retry != null) {
      MemoryId id = MemoryId.parse(retry);
      all.retry(caller, id);
      return follow(all, List.of(id), out);
    }
    list(all, out);
    out.flush();
    return 0;
  }

  /// Tells what becomes of inputs that are tried again, by this process or a server.
  private int follow(Ingests all, List<MemoryId> ids, PrintWriter out) throws InterruptedException {
    say(out, "Trying again: " + ids.size());
    List<MemoryId> open = new ArrayList<>(ids);
    int undone = 0;
    long last = System.nanoTime();
    while (!open.isEmpty() && System.nanoTime() - last < patience.toNanos()) {
      Map<MemoryId, Ingests.Waiting> waiting =
          all.list(caller).stream().collect(Collectors.toMap(w -> w.memory().id(), w -> w));
      for (MemoryId id : List.copyOf(open)) {
        Ingests.Waiting one = waiting.get(id);
        if (one == null || one.trouble() != null) {
          say(out, outcome(id, one));
          open.remove(id);
          undone += one == null ? 0 : 1;
          last = System.nanoTime();
        }
      }
      Thread.sleep(open.isEmpty() ? Duration.ZERO : LOOK);
    }
    open.forEach(id -> say(out, "waiting  %s  The model has not answered yet".formatted(id)));
    return undone + open.size() == 0 ? 0 : EXIT_UNDONE;
  }

  /// @param one null where it waits no more
  private static String outcome(MemoryId id, Ingests.@Nullable Waiting one) {
    if (one == null) {
      return "done     " + id;
    }
    return one.failed()
        ? "given up %s  %s".formatted(id, one.trouble())
        : "failed   %s  %s; next at %s".formatted(id, one.trouble(), one.due());
  }

  private static void say(PrintWriter out, String line) {
    out.println(Shown.of(line));
    out.flush();
  }

  private void list(Ingests all, PrintWriter out) {
    List<Ingests.Waiting> waiting = all.list(caller);
    for (Ingests.Waiting one : waiting) {
      String text = one.memory().text().replace('\n', ' ');
      out.printf(
          "%-7s  %s  %s%n",
          one.failed() ? "failed" : "pending",
          one.memory().id(),
          Shown.of(text.substring(0, Math.min(text.length(), TEXT_CHARS_MAX))));
      out.printf(
          "         %d attempts%s%s%n",
          one.attempts(),
          one.failed() ? "" : ", next at " + one.due(),
          one.trouble() == null ? "" : ": " + Shown.of(one.trouble()));
    }
    if (waiting.isEmpty()) {
      out.println("Nothing waits for the language model.");
    }
    List<Ingests.Spent> spent = all.usage(caller);
    if (usage) {
      spent.forEach(one -> out.println(line(one)));
    }
    Usage sum = Ingests.sum(spent);
    if (sum.calls() > 0) {
      out.printf(
          "Used for %s so far: %,d calls, %,d tokens in, %,d tokens out%n",
          caller.user(), sum.calls(), sum.input(), sum.output());
    }
  }

  private static String line(Ingests.Spent one) {
    return "%s  %,6d calls %,10d in %,10d out%s%s"
        .formatted(
            one.day(),
            one.usage().calls(),
            one.usage().input(),
            one.usage().output(),
            one.agent() == null ? "" : "  agent " + one.agent(),
            one.run() == null ? "" : "  run " + one.run());
  }
}
