package dev.agenticmemory.cli;

import dev.agenticmemory.clients.Host;
import dev.agenticmemory.clients.Installer;
import dev.agenticmemory.clients.Plan;
import dev.agenticmemory.clients.ServerEntry;
import dev.agenticmemory.domain.Unavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `agentic-memory install`: makes a client start this program, checks that it does, and takes it
/// back.
@Command(
    name = "install",
    description = "Connect a client: write its configuration, with a backup, and check it.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class InstallCommand implements Callable<Integer> {

  private final Installer installer;
  private final ServerEntry entry;

  @Spec CommandSpec spec;

  @Parameters(
      paramLabel = "CLIENT",
      arity = "0..1", // None where `service` is meant.
      completionCandidates = Ids.class,
      converter = Ids.class,
      description = "${COMPLETION-CANDIDATES}")
  @Nullable Host host;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  boolean dryRun;

  @Option(names = "--remove", description = "Take it out again; the rest stays as it is.")
  boolean remove;

  @Option(
      names = "--replace",
      description = "Also where another program's server has the name: take its place.")
  boolean replace;

  /// @param entry how a client is to start this program
  public InstallCommand(Installer installer, ServerEntry entry) {
    this.installer = installer;
    this.entry = entry;
  }

  /// The clients as they are named on the command line.
  static final class Ids implements ITypeConverter<Host>, Iterable<String> {

    @Override
    public Host convert(String id) {
      return Arrays.stream(Host.values())
          .filter(host -> host.id().equals(id))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("\"%s\"; known are %s".formatted(id, names())));
    }

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }

    private static List<String> names() {
      return Arrays.stream(Host.values()).map(Host::id).toList();
    }
  }

  @Override
  public Integer call() {
    if (host == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing CLIENT; known are %s, and `service`".formatted(Ids.names()));
    }
    return call(host);
  }

  private int call(Host host) {
    Plan plan =
        remove ? installer.toRemove(host, entry) : installer.toInstall(host, entry, replace);
    say(plan.file().toString());
    if (plan.changesNothing()) {
      say(remove ? "  has nothing of ours." : "  is as it should be.");
    } else {
      plan.changes().forEach(change -> say("  " + change));
    }
    if (remove) {
      plan.foreign().ifPresent(other -> say("  stays, since it is another program: " + other));
    }
    if (dryRun || (remove && plan.changesNothing())) {
      return 0;
    }
    if (!plan.changesNothing()) {
      Optional<Path> backup = installer.apply(plan);
      backup.ifPresent(copy -> say("As it was: " + copy));
    }
    return remove ? removed(host) : checked(host, plan);
  }

  private int removed(Host host) {
    say("Removed. Memories stay where they are; restart " + host + ".");
    return 0;
  }

  /// Reads what was written, and starts the server as that says.
  private int checked(Host host, Plan plan) {
    ServerEntry written = installer.entry(host).orElseThrow(); // Was written just now.
    try {
      Handshake.Answer answer = Handshake.with(written);
      say(
          "Checked: the server answered after %d ms and lists %d tools. Restart %s."
              .formatted(answer.started().toMillis(), answer.tools(), host));
      return 0;
    } catch (IOException e) {
      installer.revert(plan);
      throw new Unavailable(
          "The server does not start as %s would start it, so its configuration is as before: %s"
              .formatted(host, e.getMessage()),
          "Run `agentic-memory doctor`.",
          e);
    }
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
