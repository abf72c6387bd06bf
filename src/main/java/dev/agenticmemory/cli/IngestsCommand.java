package dev.agenticmemory.cli;

import dev.agenticmemory.domain.MemoryId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Ingests;
import dev.agenticmemory.llm.Usage;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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

  private final Supplier<Ingests> ingests;
  private final Caller caller;

  @Spec CommandSpec spec;

  @Option(names = "--retry", paramLabel = "ID", description = "Try this one again now.")
  @Nullable String retry;

  @Option(names = "--usage", description = "Show what models cost by day, agent and run.")
  boolean usage;

  @Option(names = "--retry-all", description = "Try all of them again now.")
  boolean retryAll;

  public IngestsCommand(Supplier<Ingests> ingests, Caller caller) {
    this.ingests = ingests;
    this.caller = caller;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Ingests all = ingests.get();
    if (retryAll) {
      out.printf("Tried again now: %d%n", all.retryAll(caller));
    } else if (retry != null) {
      all.retry(caller, MemoryId.parse(retry));
      out.printf("Tried again now: %s%n", retry);
    } else {
      list(all, out);
    }
    out.flush();
    return 0;
  }

  private void list(Ingests all, PrintWriter out) {
    List<Ingests.Waiting> waiting = all.list(caller);
    for (Ingests.Waiting one : waiting) {
      String text = one.memory().text().replace('\n', ' ');
      out.printf(
          "%-7s  %s  %s%n",
          one.failed() ? "failed" : "pending",
          one.memory().id(),
          text.substring(0, Math.min(text.length(), TEXT_CHARS_MAX)));
      out.printf(
          "         %d attempts%s%s%n",
          one.attempts(),
          one.failed() ? "" : ", next at " + one.due(),
          one.trouble() == null ? "" : ": " + one.trouble());
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
