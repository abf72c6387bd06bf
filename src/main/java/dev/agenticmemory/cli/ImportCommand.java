package dev.agenticmemory.cli;

import dev.agenticmemory.domain.AgentId;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.RunId;
import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.files.FileTrouble;
import dev.agenticmemory.json.DossierJson.Kept;
import dev.agenticmemory.transfer.Format;
import dev.agenticmemory.transfer.Import;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `agentic-memory import`: memories out of a file, ours or another program's.
@Command(
    name = "import",
    description = "Bring memories in from a file. The same file again changes nothing.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class ImportCommand implements Callable<Integer> {

  private final Supplier<Import> imports;
  private final Caller caller;
  private final Clock clock;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A file; for markdown also a folder.")
  Path file;

  @Option(
      names = "--from",
      paramLabel = "FORMAT",
      defaultValue = "agentic-memory",
      description =
          "What it is: agentic-memory (a file of `export`), mem0 (what get_all returned),"
              + " server-memory (the JSON lines of its knowledge graph), markdown.")
  String from;

  @Option(
      names = "--user",
      paramLabel = "ID",
      description = "Whose memories they become, where the file does not say.")
  @Nullable String user;

  @Option(names = "--agent", paramLabel = "ID", description = "Likewise, which agent's.")
  @Nullable String agent;

  @Option(names = "--run", paramLabel = "ID", description = "Likewise, of which run.")
  @Nullable String run;

  @Option(
      names = "--replace",
      description = "Where the store has other things of the same id, the file wins.")
  boolean replace;

  @Option(names = "--dry-run", description = "Only read the file.")
  boolean dryRun;

  public ImportCommand(Supplier<Import> imports, Caller caller, Clock clock) {
    this.imports = imports;
    this.caller = caller;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Kept> all = read();
    // A bound caller's file may hold nothing of others.
    all.forEach(kept -> caller.user(kept.scope().user()));
    if (dryRun) {
      out.printf("%,d memories can be read from %s; nothing was stored%n", all.size(), file);
      out.flush();
      return 0;
    }
    Import.Report report =
        imports.get().take(all.stream(), replace, clock.instant(), done -> progress(out, done));
    out.printf(
        "%,d added, %,d there already, %,d known in the same words, %,d kept as they are here,"
            + " %,d replaced%n",
        report.added(), report.unchanged(), report.known(), report.kept(), report.replaced());
    if (report.kept() > 0) {
      out.println(
          "(What was deleted or changed here since stays so; --replace lets the file win.)");
    }
    out.flush();
    return 0;
  }

  private static void progress(PrintWriter out, long done) {
    if (done >= 1_000 && done % 1_000 < 64) {
      out.printf("%,d…%n", done);
      out.flush();
    }
  }

  private List<Kept> read() {
    Scope scope =
        new Scope(
            caller.user(user == null ? null : new UserId(user)),
            agent == null ? null : new AgentId(agent),
            run == null ? null : new RunId(run));
    if (!Files.exists(file)) {
      throw new ParameterException(spec.commandLine(), file + " is not there; name a file");
    }
    Format format = format();
    if (Files.isDirectory(file) && format != Format.MARKDOWN) {
      throw new InvalidInput(
          file.toString(), "is a folder", "Name a file, or pass --from markdown.");
    }
    try {
      return format.read(file, scope, clock.instant());
    } catch (MalformedInputException _) {
      throw new ParameterException(spec.commandLine(), file + " is no text in UTF-8");
    } catch (IOException e) {
      throw new InvalidInput(
          file.toString(), "cannot be read: " + FileTrouble.of(e), "Name a file of your own.");
    }
  }

  private Format format() {
    for (Format format : Format.values()) {
      if (format.option().equals(from)) {
        return format;
      }
    }
    throw new ParameterException(
        spec.commandLine(),
        "--from is \"%s\"; known are %s"
            .formatted(from, Stream.of(Format.values()).map(Format::option).toList()));
  }
}
