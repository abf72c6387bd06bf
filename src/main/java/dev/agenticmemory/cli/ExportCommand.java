package dev.agenticmemory.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.UserId;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.files.FileTrouble;
import dev.agenticmemory.transfer.Export;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `agentic-memory export`: memories into a file that people keep.
@Command(
    name = "export",
    description =
        "Write memories to a file of JSON lines, with their ids, scopes, times and history.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class ExportCommand implements Callable<Integer> {

  private final Supplier<Export> export;
  private final Caller caller;
  private final Clock clock;

  @Spec CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A file that is not there yet; - for the screen.")
  Path file;

  @Option(names = "--user", paramLabel = "ID", description = "Whose memories.")
  @Nullable String user;

  @Option(names = "--all-users", description = "The memories of all users.")
  boolean allUsers;

  public ExportCommand(Supplier<Export> export, Caller caller, Clock clock) {
    this.export = export;
    this.caller = caller;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException {
    if (allUsers && user != null) {
      throw new ParameterException(
          spec.commandLine(), "--all-users and --user exclude each other; leave one out");
    }
    UserId whose = allUsers ? null : caller.user(user == null ? null : new UserId(user));
    if (file.toString().equals("-")) {
      export.get().write(whose, spec.commandLine().getOut(), clock.instant());
      spec.commandLine().getOut().flush();
      return 0;
    }
    Export from = export.get();
    createPrivately();
    long written;
    try (Writer out = Files.newBufferedWriter(file, UTF_8)) {
      written = from.write(whose, out, clock.instant());
    } catch (IOException | RuntimeException e) {
      Files.delete(file); // Half of it would pass for all.
      throw e;
    }
    spec.commandLine().getOut().printf("%,d memories written to %s%n", written, file);
    spec.commandLine().getOut().flush();
    return 0;
  }

  /// So that its user alone can read it, as the data folder.
  private void createPrivately() {
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
    } catch (FileAlreadyExistsException _) {
      throw new ParameterException(
          spec.commandLine(), file + " is there already; name a file that is not");
    } catch (NoSuchFileException _) {
      throw unwritable("there is no folder " + file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw unwritable(FileTrouble.of(e));
    }
  }

  private InvalidInput unwritable(String why) {
    return new InvalidInput(
        file.toString(), "cannot be written: " + why, "Name a file in a folder of your own.");
  }
}
