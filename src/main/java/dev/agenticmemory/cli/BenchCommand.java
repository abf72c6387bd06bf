package dev.agenticmemory.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agentic-memory bench`: how fast this machine starts the server, adds and searches, and what
/// that costs in memory. All texts are embedded for real; only their words are made up.
@Command(
    name = "bench",
    description = "Measure start, add, search and memory on this machine.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class BenchCommand implements Callable<Integer> {

  private static final int WARM_UP_CALLS = 300;

  private final List<String> command;
  private final List<String> commandWithoutCache;
  private final Function<Path, BenchTarget> targets;

  @Spec CommandSpec spec;

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "1000,10000",
      description = "Memories in the scope; 100000 takes some minutes. Default: ${DEFAULT-VALUE}")
  List<Integer> sizes;

  @Option(
      names = "--calls",
      defaultValue = "300",
      description = "Measured adds and searches. Default: ${DEFAULT-VALUE}")
  int calls;

  @Option(
      names = "--starts",
      defaultValue = "15",
      description = "Measured starts of the server. Default: ${DEFAULT-VALUE}")
  int starts;

  /// For this program.
  ///
  /// @param command starts it with the AOT cache, `commandWithoutCache` without
  /// @param targets opens a store in a folder
  public BenchCommand(
      List<String> command, List<String> commandWithoutCache, Function<Path, BenchTarget> targets) {
    this.command = command;
    this.commandWithoutCache = commandWithoutCache;
    this.targets = targets;
  }

  @Override
  public Integer call() throws Exception {
    sizes.forEach(size -> require("--sizes", size, 1));
    require("--calls", calls, 1);
    require("--starts", starts, 0);
    say(
        "%d processors, Java %s"
            .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version()));
    start("with the AOT cache", command);
    start("without", commandWithoutCache);
    say("");
    say("memories   call     p50 ms   p99 ms   of that embedding p50   everything else p50 / p99");
    for (int size : sizes) {
      Folders.temporary(home -> {
        measure(home, size);
        return size;
      });
    }
    return 0;
  }

  private static void require(String option, int number, int min) {
    if (number < min) {
      throw new InvalidInput(option, "is " + number, "Pass %d or more.".formatted(min));
    }
  }

  private void start(String how, List<String> with) throws Exception {
    if (starts < 1) {
      return;
    }
    double[] millis = new double[starts];
    long[] resident = new long[starts];
    Folders.temporary(home -> {
      for (int i = -1; i < starts; i++) { // The first one is not counted.
        try (StdioClient client = new StdioClient(with, home)) {
          ObjectNode query = Json.object().put("query", "anything");
          var _ = client.call("search_memory", query);
          if (i >= 0) {
            millis[i] = client.startToInitialized().toNanos() / 1e6;
            resident[i] = residentMegabytes(client.pid());
          }
        }
      }
      return starts;
    });
    Arrays.sort(millis);
    Arrays.sort(resident);
    say(
        String.format(
            Locale.ROOT,
            "process start to initialize answered, %s: p50 %.0f ms; resident after a search: %d MB",
            how,
            percentile(millis, 50),
            resident[starts / 2]));
  }

  private void measure(Path home, int size) {
    Sentences sentences = new Sentences();
    try (BenchTarget target = targets.apply(home)) {
      target.fill(sentences.next(size));
      for (int i = 0; i < WARM_UP_CALLS; i++) {
        target.search(sentences.question());
      }
      report(size, "search", target, () -> target.search(sentences.question()));
      report(size, "add", target, () -> target.add(sentences.next(1).getFirst()));
    }
  }

  private void report(int size, String name, BenchTarget target, Runnable call) {
    double[] whole = new double[calls];
    double[] embedding = new double[calls];
    double[] rest = new double[calls];
    for (int i = 0; i < calls; i++) {
      long embedded = target.embeddingNanos();
      long start = System.nanoTime();
      call.run();
      whole[i] = (System.nanoTime() - start) / 1e6;
      embedding[i] = (target.embeddingNanos() - embedded) / 1e6;
      rest[i] = whole[i] - embedding[i];
    }
    Arrays.sort(whole);
    Arrays.sort(embedding);
    Arrays.sort(rest);
    say(
        String.format(
            Locale.ROOT,
            "%8d   %-6s %8.2f %8.2f   %8.2f                %8.2f / %.2f",
            size,
            name,
            percentile(whole, 50),
            percentile(whole, 99),
            percentile(embedding, 50),
            percentile(rest, 50),
            percentile(rest, 99)));
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static long residentMegabytes(long pid) throws IOException {
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(pid)).start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(ps.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      return line == null ? 0 : Long.parseLong(line.strip()) / 1024;
    }
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }

  /// Made-up things that people say, all different, always the same ones.
  private static final class Sentences {

    private static final String[] WHO = {
      "I", "My sister", "Our team", "The landlord", "Mia", "My old colleague", "The dentist", "Tom"
    };
    private static final String[] DID = {
      "bought",
      "lost",
      "repaired",
      "asked about",
      "cancelled",
      "is afraid of",
      "recommended",
      "painted",
      "is looking for",
      "forgot",
      "sold",
      "keeps talking about"
    };
    private static final String[] WHAT = {
      "a red bicycle",
      "the kitchen sink",
      "two concert tickets",
      "a mortgage",
      "the garden fence",
      "an antique clock",
      "Spanish lessons",
      "the server migration",
      "a vegetarian cook book",
      "winter tyres",
      "a flight to Oslo",
      "the quarterly report",
      "a rescue dog",
      "chess club",
      "the tax return",
      "a leather sofa",
      "hiking boots",
      "the birthday cake",
      "a guitar"
    };
    private static final String[] WHERE = {
      "in Lisbon",
      "near the station",
      "at work",
      "online",
      "on the market",
      "in the basement",
      "by the lake",
      "at school",
      "in the old town",
      "next door"
    };
    private static final String[] WHEN = {
      "last Tuesday",
      "in May",
      "before the holidays",
      "this morning",
      "two years ago",
      "after lunch",
      "on her birthday",
      "during the storm",
      "at Easter"
    };

    private final Random random = new Random(1);
    private int number;

    List<String> next(int count) {
      List<String> sentences = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        String made =
            "%s %s %s %s %s, note %d."
                .formatted(any(WHO), any(DID), any(WHAT), any(WHERE), any(WHEN), ++number);
        sentences.add(made);
      }
      return sentences;
    }

    String question() {
      return "Who %s %s %s?".formatted(any(DID), any(WHAT), any(WHERE));
    }

    private String any(String[] words) {
      return words[random.nextInt(words.length)];
    }
  }
}
