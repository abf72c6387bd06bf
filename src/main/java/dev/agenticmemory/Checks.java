package dev.agenticmemory;

import static dev.agenticmemory.cli.Check.Finding.fine;
import static dev.agenticmemory.cli.Check.Finding.warning;

import dev.agenticmemory.cli.Check;
import dev.agenticmemory.cli.Check.Finding;
import dev.agenticmemory.clients.Diagnosis;
import dev.agenticmemory.clients.Places;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.Source;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.embed.Embedder;
import dev.agenticmemory.engine.Caller;
import dev.agenticmemory.engine.Engine;
import dev.agenticmemory.engine.Ingests;
import dev.agenticmemory.engine.Languages;
import dev.agenticmemory.engine.Workspace;
import dev.agenticmemory.engine.Workspaces;
import dev.agenticmemory.files.FileTrouble;
import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.llm.LanguageModel;
import dev.agenticmemory.llm.LanguageModel.Conversation;
import dev.agenticmemory.llm.LanguageModel.Extracted;
import dev.agenticmemory.llm.Reply;
import dev.agenticmemory.llm.Usage;
import dev.agenticmemory.remote.Failure;
import dev.agenticmemory.store.Stats;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `doctor` looks at, each with a real try.
final class Checks {

  /// Below this the store can run out of space in the middle of a day.
  private static final long DISK_BYTES_MIN = 500L * 1024 * 1024;

  /// With more texts than this that the model does not read, another one would serve better.
  private static final double UNREAD_SHARE_MAX = 0.1;

  private Checks() {}

  static List<Check> of(
      Config config,
      Supplier<Engine> engine,
      Supplier<Embedder> embedder,
      Supplier<@Nullable LanguageModel> languageModel,
      Supplier<Workspaces> workspaces,
      Places places) {
    return List.of(
        new Check("Java", Checks::java),
        new Check("Settings", () -> settings(config)),
        new Check("Data folder", () -> dataFolder(config.home())),
        new Check("Store", () -> store(config, engine.get())),
        new Check("Embedding model", () -> embedding(embedder.get())),
        new Check("Languages", () -> languages(config, engine.get())),
        new Check("Language model", () -> languageModel(languageModel.get())),
        new Check("Ingests", () -> ingests(config, engine.get())),
        new Check("Workspaces", () -> workspaces(workspaces.get())),
        new Check("Clients", () -> clients(new Diagnosis(places, config.home()))));
  }

  private static Finding java() {
    String found = System.getProperty("java.version") + ", " + System.getProperty("java.vendor");
    boolean cached = System.getProperty("java.vm.info", "").contains("sharing");
    return cached
        ? fine(found)
        : warning(found + "; starts slowly: its class cache was refused. Remove target/dist/*.aot");
  }

  private static Finding settings(Config config) {
    return fine(
        "user %s%s, agent %s, sharing %s, store %s"
            .formatted(
                config.defaultUser(),
                config.boundUser() == null ? "" : " (bound)",
                config.agent() == null ? "none" : config.agent(),
                config.sharing().name().toLowerCase(Locale.ROOT),
                config.engine().name().toLowerCase(Locale.ROOT)));
  }

  private static Finding dataFolder(Path home) {
    try {
      return usable(home);
    } catch (FileAlreadyExistsException e) {
      throw unusable(home + " is a file, and no folder", e);
    } catch (IOException e) {
      throw unusable(FileTrouble.of(e), e);
    }
  }

  private static Unavailable unusable(String what, IOException e) {
    return Unavailable.untilMended(what, "Set MEMORY_HOME to a folder that you can write.", e);
  }

  private static Finding usable(Path home) throws IOException {
    OwnerOnly.folder(home);
    Path probe = Files.createTempFile(home, "doctor", ".tmp");
    Files.delete(probe);
    String owner = Files.getOwner(home).getName();
    if (!owner.equals(System.getProperty("user.name"))) {
      return warning("%s belongs to %s: is it yours?".formatted(home, owner));
    }
    long free = Files.getFileStore(home).getUsableSpace();
    String found = "%s, %,d MB free".formatted(home, free / (1024 * 1024));
    return free >= DISK_BYTES_MIN ? fine(found) : warning(found + "; free some space");
  }

  private static Finding store(Config config, Engine engine) {
    Caller everybody = new Caller(config.defaultUser(), false, null, Source.API, config.sharing());
    Stats stats = engine.inspect().stats(everybody);
    return fine(
        "%,d long-term and %,d short-term memories of %,d users, made with %s"
            .formatted(
                stats.longTerm(), stats.shortTerm(), stats.users(), engine.inspect().space()));
  }

  /// The model's libraries are unpacked into the data folder.
  private static Finding embedding(Embedder embedder) {
    try {
      return answering(embedder);
    } catch (Unavailable e) {
      for (Throwable why = e.getCause(); why != null; why = why.getCause()) {
        if (why instanceof FileSystemException file) {
          throw unusable("Its libraries cannot be unpacked: " + FileTrouble.of(file), file);
        }
      }
      throw e;
    }
  }

  private static Finding answering(Embedder embedder) {
    long start = System.nanoTime();
    int dimensions =
        embedder
            .embed(List.of("Is the model there?"), Embedder.Purpose.SEARCH)
            .getFirst()
            .dimensions();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return fine(
        "%s answered with %d dimensions in %d ms, loading included"
            .formatted(embedder.space().model(), dimensions, took.toMillis()));
  }

  private static Finding languages(Config config, Engine engine) {
    Caller caller = new Caller(config.defaultUser(), false, null, Source.API, config.sharing());
    Languages.Fit fit = engine.languages().fit(caller);
    String found =
        "the model does not read %d of the newest %d memories of %s"
            .formatted(fit.unread(), fit.looked(), config.defaultUser());
    return fit.unreadShare() <= UNREAD_SHARE_MAX
        ? fine(found)
        : warning(
            found
                + ": these are found by their words alone. A multilingual model reads them; see"
                + " docs/retrieval.md");
  }

  private static Finding languageModel(@Nullable LanguageModel model) {
    if (model == null) {
      return warning(
          "none: texts are stored as they are, and duplicates are found without judgement");
    }
    long start = System.nanoTime();
    Conversation probe =
        new Conversation(
            List.of(new LanguageModel.Line("user", "I prefer tea over coffee.")),
            Clock.systemUTC().instant(),
            null);
    return switch (model.extract(probe)) {
      case Reply.Failed<Extracted>(Failure failure, var _) -> throw failure.unavailable();
      case Reply.Answered<Extracted>(Extracted extracted, Usage usage) ->
          fine(
              "%s found %d facts in one sentence in %d ms, for %d tokens"
                  .formatted(
                      model.name(),
                      extracted.facts().size(),
                      Duration.ofNanos(System.nanoTime() - start).toMillis(),
                      usage.total()));
    };
  }

  private static Finding ingests(Config config, Engine engine) {
    Caller everybody = new Caller(config.defaultUser(), false, null, Source.API, config.sharing());
    List<Ingests.Waiting> all = engine.ingests().list(everybody);
    long failed = all.stream().filter(Ingests.Waiting::failed).count();
    String found =
        "%d wait for the language model, %d were given up".formatted(all.size() - failed, failed);
    return failed == 0 ? fine(found) : warning(found + "; run `agentic-memory ingests`");
  }

  private static Finding workspaces(Workspaces workspaces) {
    List<String> missing = workspaces.missing();
    if (!missing.isEmpty()) {
      return warning(String.join("; ", missing) + ": is it misspelt, or not mounted?");
    }
    List<Workspace> all = workspaces.all();
    return fine(
        all.isEmpty()
            ? "none. " + workspaces.hint()
            : "of " + all.stream().map(w -> w.agent().value()).collect(Collectors.joining(", ")));
  }

  private static Finding clients(Diagnosis diagnosis) {
    List<Diagnosis.Connected> all = diagnosis.all();
    if (all.isEmpty()) {
      return warning("none starts this program; see `agentic-memory install --help`");
    }
    List<String> problems = new ArrayList<>();
    for (Diagnosis.Connected connected : all) {
      connected.problems().forEach(p -> problems.add(connected.host() + ": " + p));
    }
    String hosts = all.stream().map(c -> c.host().id()).collect(Collectors.joining(", "));
    return problems.isEmpty()
        ? fine(hosts + " start this program as they should")
        : warning(String.join("; ", problems) + ". `agentic-memory install CLIENT` writes it anew");
  }
}
