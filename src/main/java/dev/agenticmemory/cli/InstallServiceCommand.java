package dev.agenticmemory.cli;

import dev.agenticmemory.clients.EnvText;
import dev.agenticmemory.clients.WholeFile;
import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.systemd.UserServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `agentic-memory install service`: has systemd keep `serve` running, and checks that it does.
/// Said again, it brings what is there up to date.
@Command(
    name = "service",
    description = "Keep the server running as a service of yours (systemd).",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the annotated fields before it calls a command.
public final class InstallServiceCommand implements Callable<Integer> {

  /// What the service would read.
  public interface Settings {

    /// The file with its settings.
    Path file();

    /// What is set in this shell only, where the service does not see it.
    Map<String, String> ofThisShell();

    /// What it would take for a setting that is not given now; "" for nothing.
    String inForce(String name);

    /// Where it would answer with these settings beside those that it has; refuses wrong ones.
    URI address(Map<String, String> settings);
  }

  /// @param name of a setting
  private record Question(String name, String text, boolean secret) {}

  /// A file as it was and as it is to be; null for none.
  ///
  /// @param secret whether its owner alone may read it
  private record Change(
      Path file, @Nullable String before, @Nullable String after, boolean secret) {

    void apply() {
      write(after);
    }

    void revert() {
      write(before);
    }

    private void write(@Nullable String text) {
      try {
        if (text == null) {
          Files.deleteIfExists(file);
        } else if (secret) {
          WholeFile.writePrivately(file, text);
        } else {
          WholeFile.write(file, text);
        }
      } catch (IOException e) {
        throw new Unavailable(
            "%s cannot be written: %s".formatted(file, e), "Look at its permissions.", e);
      }
    }
  }

  private static final String MODEL = "LLM_MODEL";

  private static final List<Question> QUESTIONS =
      List.of(
          new Question("SERVICE_PORT", "Port on this machine", false),
          new Question("MEMORY_USER_ID", "Whose memories, where nobody is named", false),
          new Question(MODEL, "Language model, if any", false));

  private static final List<Question> OF_A_MODEL =
      List.of(
          new Question("LLM_BASE_URL", "Where it answers, if neither at OpenAI nor Bedrock", false),
          new Question("LLM_API_KEY", "Its key", true));

  /// Settings that hold no secret, whatever is written into them.
  private static final Set<String> SHOWN =
      Set.of(
          "SERVICE_HOST",
          "SERVICE_PORT",
          "MEMORY_USER_ID",
          "MEMORY_AGENT_ID",
          "MEMORY_SHARING",
          "VECTOR_STORE",
          "EMBEDDING_MODEL",
          "LLM_PROVIDER",
          MODEL);

  private static final Duration HEALTHY_MAX = Duration.ofMinutes(2);
  private static final String MEND = "Mend that, and try again.";

  private final UserServices services;
  private final Path unitFile;
  private final String unit;
  private final Settings settings;

  @Spec CommandSpec spec;

  @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
  boolean dryRun;

  @Option(names = "--remove", description = "End the service and take it out again.")
  boolean remove;

  @Option(names = "--yes", description = "Ask nothing, take what would be proposed.")
  boolean yes;

  /// @param unitFile where systemd looks for the service
  /// @param unit what it is to find there
  public InstallServiceCommand(
      UserServices services, Path unitFile, String unit, Settings settings) {
    this.services = services;
    this.unitFile = unitFile;
    this.unit = unit;
    this.settings = settings;
  }

  @Override
  public Integer call() {
    services.requireUsable();
    if (remove) {
      return removed();
    }
    Dialogue dialogue = dialogue();
    Map<String, String> values = new TreeMap<>(settings.ofThisShell());
    if (!yes) {
      values.putAll(answers(dialogue, values));
    }
    URI address = settings.address(values);
    List<Change> changes = changes(values);
    say(settings.file() + (values.isEmpty() ? " stays as it is." : ""));
    values.forEach((name, value) -> say("  + " + name + "=" + shown(name, value)));
    say(unitFile + (unit.equals(changes.getLast().before()) ? " is as it should be." : ""));
    if (dryRun) {
      unit.lines().forEach(line -> say("  " + line));
      return 0;
    }
    if (!yes && !dialogue.agrees("Write this, and start the service?")) {
      say("Nothing was done.");
      return 1;
    }
    start(address, changes);
    if (yes || dialogue.agrees("Keep it running also while you are not logged in?")) {
      linger();
    }
    return 0;
  }

  private Dialogue dialogue() {
    return new Dialogue(
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
        spec.commandLine().getOut(),
        System.console());
  }

  /// What is to be written: answers that are other than what is proposed.
  private Map<String, String> answers(Dialogue dialogue, Map<String, String> ofThisShell) {
    Map<String, String> answers = new TreeMap<>();
    for (Question question : QUESTIONS) {
      ask(dialogue, question, ofThisShell, answers);
    }
    String model =
        answers.getOrDefault(MODEL, ofThisShell.getOrDefault(MODEL, settings.inForce(MODEL)));
    if (!model.isEmpty()) {
      for (Question question : OF_A_MODEL) {
        ask(dialogue, question, ofThisShell, answers);
      }
    }
    return answers;
  }

  private void ask(
      Dialogue dialogue,
      Question question,
      Map<String, String> ofThisShell,
      Map<String, String> answers) {
    String proposed = ofThisShell.getOrDefault(question.name(), settings.inForce(question.name()));
    String text = "%s (%s)".formatted(question.text(), question.name());
    String answer =
        question.secret() ? dialogue.askSecretly(text, proposed) : dialogue.ask(text, proposed);
    if (!answer.equals(proposed)) {
      answers.put(question.name(), answer);
    }
  }

  private static String shown(String name, String value) {
    return SHOWN.contains(name) ? value : "(not shown)";
  }

  private List<Change> changes(Map<String, String> values) {
    String before = read(settings.file());
    String after =
        values.isEmpty() ? before : new EnvText(before == null ? "" : before).with(values).text();
    return List.of(
        new Change(settings.file(), before, after, true),
        new Change(unitFile, read(unitFile), unit, false));
  }

  private static @Nullable String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException e) {
      throw new Unavailable(
          "%s cannot be read: %s".formatted(file, e), "Look at its permissions.", e);
    }
  }

  /// As it was before, where it does not work.
  private void start(URI address, List<Change> changes) {
    UserServices.State before = services.state();
    if (!(before.runs() && isInForce(address)) && Health.of(address).isPresent()) {
      throw new Conflict(
          "Something answers at %s already".formatted(address),
          "End it, or choose another SERVICE_PORT.");
    }
    try {
      changes.forEach(Change::apply);
      services.start();
      say(before.runs() ? "Started again; waiting for it." : "Started; waiting for it.");
      say("Healthy at %s: %s".formatted(address, healthy(address)));
    } catch (Unavailable e) {
      String journal = services.journal();
      List<String> left = revert(changes, before);
      throw new Unavailable(
          "%s, so %s. The last that it said:%n%s"
              .formatted(
                  e.getMessage(),
                  left.isEmpty()
                      ? "all is as before"
                      : "all is to be as before, but: " + String.join("; ", left),
                  journal),
          e.hint(),
          e);
    }
  }

  private boolean isInForce(URI address) {
    try {
      return settings.address(Map.of()).equals(address);
    } catch (InvalidInput _) {
      return false;
    }
  }

  /// Takes back all that can be, and returns what could not.
  private List<String> revert(List<Change> changes, UserServices.State before) {
    List<Runnable> steps = new ArrayList<>();
    if (!before.runs()) {
      steps.add(services::stop);
    }
    if (!before.enabled()) {
      steps.add(services::disable);
    }
    changes.forEach(change -> steps.add(change::revert));
    steps.add(services::reload);
    if (before.runs()) {
      steps.add(services::start);
    }
    List<String> left = new ArrayList<>();
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (Unavailable e) {
        left.add(String.valueOf(e.getMessage()));
      }
    }
    return left;
  }

  private String healthy(URI address) {
    long until = System.nanoTime() + HEALTHY_MAX.toNanos();
    String states = "nothing";
    while (System.nanoTime() < until) {
      UserServices.State state = services.state();
      if (state.active().equals("failed") || state.restarts() > 0) {
        throw new Unavailable("The service does not start", MEND, null);
      }
      Optional<Health> health = state.runs() ? Health.of(address) : Optional.empty();
      if (health.isPresent() && health.get().works()) {
        return health.get().states();
      }
      states = health.map(Health::states).orElse(states);
      Health.pause();
    }
    throw new Unavailable(
        "The service does not work at %s: %s".formatted(address, states), MEND, null);
  }

  private void linger() {
    try {
      services.linger();
      say("It runs from each start of the machine on.");
    } catch (Unavailable e) {
      say("It runs while you are logged in only: " + e.getMessage());
    }
  }

  private int removed() {
    String there = read(unitFile);
    if (there == null) {
      say(unitFile + " is not there.");
      return 0;
    }
    if (dryRun) {
      say("Would end the service, and remove " + unitFile);
      return 0;
    }
    services.stop();
    services.disable();
    new Change(unitFile, there, null, false).apply();
    services.reload();
    say("Ended and removed. Memories and settings stay where they are.");
    return 0;
  }

  private void say(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.flush();
  }
}
