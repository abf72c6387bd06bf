package dev.agenticmemory;

import dev.agenticmemory.cli.BenchCommand;
import dev.agenticmemory.cli.Cli;
import dev.agenticmemory.cli.Client;
import dev.agenticmemory.cli.DemoCommand;
import dev.agenticmemory.cli.DoctorCommand;
import dev.agenticmemory.cli.EvalCommand;
import dev.agenticmemory.cli.ExportCommand;
import dev.agenticmemory.cli.ImportCommand;
import dev.agenticmemory.cli.IngestsCommand;
import dev.agenticmemory.cli.InstallCommand;
import dev.agenticmemory.cli.InstallServiceCommand;
import dev.agenticmemory.cli.JobCommands;
import dev.agenticmemory.cli.MemoryCommands;
import dev.agenticmemory.cli.MigrateCommand;
import dev.agenticmemory.cli.ReembedCommand;
import dev.agenticmemory.cli.ServeCommand;
import dev.agenticmemory.cli.StdioCommand;
import dev.agenticmemory.cli.TokenCommand;
import dev.agenticmemory.cli.WarmUpCommand;
import dev.agenticmemory.clients.Installer;
import dev.agenticmemory.clients.Places;
import dev.agenticmemory.clients.ServerEntry;
import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.InvalidConfig;
import dev.agenticmemory.systemd.Unit;
import dev.agenticmemory.systemd.UserServices;
import dev.agenticmemory.transport.Starter;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/// The entry: reads the environment, chooses the command, ends the process. With [Program] the only
/// class that names implementations.
public final class Main {

  private static final String ENV_FILE = "--env-file";

  /// What clients start. It goes past picocli, whose classes are too old for the class cache:
  /// loading them takes as long as all the rest of the start.
  private static final List<String> STDIO = List.of("stdio");

  private static final List<String> STANDALONE = List.of("stdio", "--standalone");

  /// What a stdio process starts, where no server runs that it could use. Nobody else does, so it
  /// is no command.
  private static final List<String> LOCAL_SERVER = List.of("local-server");

  /// Settings of this process that a client's server is to have too; secrets stay in `.env`.
  private static final Set<String> PASSED_TO_CLIENTS =
      Set.of(
          "MEMORY_HOME",
          "DATA_DIR",
          "MEMORY_USER_ID",
          "MEMORY_AGENT_ID",
          "MEMORY_SERVER_IDLE_SECONDS",
          "VECTOR_STORE");

  /// As long as a slow model takes for one input.
  private static final Duration INGEST_PATIENCE = Duration.ofMinutes(2);

  private static final int EXIT_CONFIG = 78; // EX_CONFIG: no retry helps until a person acts.

  private static final int EXIT_FAULT = 1;

  private Main() {}

  static void main(String[] args) throws IOException, InterruptedException {
    System.exit(run(new ArrayList<>(Arrays.asList(args))));
  }

  private static int run(List<String> args) throws IOException, InterruptedException {
    Properties build = build();
    Path envFile = takeEnvFile(args);
    Config config;
    try {
      config =
          Config.read(System.getenv(), envFile, userHome(), System.getProperty("user.name", ""));
    } catch (InvalidConfig e) {
      System.err.println(e.getMessage());
      return EXIT_CONFIG;
    }
    String version = build.getProperty("version");
    Stdio stdio = new Stdio(config, version, System.getenv(), () -> localServer(envFile));
    if (args.equals(STDIO) || args.equals(STANDALONE)) {
      serve(stdio, args.equals(STANDALONE));
      return 0;
    }
    try (Program program = new Program(config, version, System.getenv())) {
      Runtime.getRuntime().addShutdownHook(new Thread(program::close, "shut-down"));
      if (args.equals(LOCAL_SERVER)) {
        return serveLocally(program, config);
      }
      return commandLine(program, stdio, config, envFile, build)
          .execute(args.toArray(String[]::new));
    }
  }

  /// Over stdio, standard output is the protocol's alone: what anybody else prints is a log line.
  private static void serve(Stdio stdio, boolean standalone) throws IOException {
    System.setOut(System.err);
    stdio.serve(
        standalone,
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out));
  }

  /// In the background, nobody reads what is printed.
  private static int serveLocally(Program program, Config config) throws InterruptedException {
    try (PrintStream log = BoundedLog.at(config.home().resolve(Starter.LOG))) {
      System.setOut(log);
      System.setErr(log);
      return serveLocally(program, log);
    }
  }

  /// What goes wrong is told while the log is open.
  private static int serveLocally(Program program, PrintStream log) throws InterruptedException {
    try {
      program.serveLocally();
      return 0;
    } catch (IOException | RuntimeException e) {
      log.println("The server for stdio processes ended because of a fault:");
      e.printStackTrace(log);
      return EXIT_FAULT;
    }
  }

  private static List<String> localServer(@Nullable Path envFile) {
    List<String> command = new ArrayList<>(Launch.command());
    command.addAll(LOCAL_SERVER);
    if (envFile != null) {
      command.addAll(List.of(ENV_FILE, envFile.toAbsolutePath().toString()));
    }
    return command;
  }

  private static CommandLine commandLine(
      Program program, Stdio stdio, Config config, @Nullable Path envFile, Properties build) {
    Client client = program::call;
    List<Object> commands = new ArrayList<>();
    commands.add(new StdioCommand(standalone -> serve(stdio, standalone)));
    commands.add(new ServeCommand(program::serveHttp));
    commands.add(new TokenCommand(program.tokens(), Clock.systemUTC()));
    commands.addAll(MemoryCommands.all(client, program::runs));
    commands.add(new DemoCommand(Launch.command(), Clock.systemUTC()));
    commands.add(
        new IngestsCommand(() -> program.engine().ingests(), program.person(), INGEST_PATIENCE));
    commands.add(new ExportCommand(program::export, program.person(), Clock.systemUTC()));
    commands.add(new ImportCommand(program::imports, program.person(), Clock.systemUTC()));
    commands.add(new MigrateCommand(program::move));
    commands.add(new ReembedCommand(program::reembed, config.embedding().id()));
    commands.addAll(
        JobCommands.all(
            program::lifecycle,
            (job, progress, work) -> program.byHand().run(job, progress, work::run),
            Clock.systemUTC()));
    commands.add(
        new CommandLine(installCommand(config)).addSubcommand(serviceCommand(config, envFile)));
    commands.add(new DoctorCommand(() -> program.checks(places(config))));
    commands.add(new BenchCommand(Launch.command(), Launch.withoutCache(), program::benchTarget));
    commands.add(new EvalCommand(program::evaluate, program::evaluateExtraction));
    commands.add(new WarmUpCommand(program::serveOn));
    return Cli.of(build.getProperty("version"), commands);
  }

  private static InstallCommand installCommand(Config config) {
    List<String> command = new ArrayList<>(Launch.command());
    command.add("stdio");
    Map<String, String> env = new HashMap<>(System.getenv());
    env.keySet().retainAll(PASSED_TO_CLIENTS);
    env.put("LC_ALL", "C.UTF-8"); // Hosts do not pass theirs on; a JVM then takes text for ASCII.
    return new InstallCommand(
        new Installer(places(config), Launch.openclawPlugin(), Clock.systemUTC()),
        new ServerEntry(command, env));
  }

  private static InstallServiceCommand serviceCommand(Config config, @Nullable Path envFile) {
    List<String> command = new ArrayList<>(Launch.command());
    command.add("serve");
    if (envFile != null) {
      command.addAll(List.of(ENV_FILE, envFile.toAbsolutePath().toString()));
    }
    Map<String, String> env = new HashMap<>(System.getenv());
    env.keySet().retainAll(Set.of("JAVA_HOME"));
    env.put("LC_ALL", "C.UTF-8"); // As for hosts.
    env.put("MEMORY_HOME", config.home().toString());
    return new InstallServiceCommand(
        new UserServices(),
        places(config).userUnit(UserServices.NAME),
        new Unit(command, env).text(),
        new ServiceSettings(
            config, envFile, System.getenv(), userHome(), System.getProperty("user.name", "")));
  }

  /// As shells and clients understand `~`; Java alone asks the list of users.
  private static Path userHome() {
    return Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home")));
  }

  private static Places places(Config config) {
    return new Places(
        userHome(),
        config.jobs().openClawConfig(),
        System.getenv(),
        System.getProperty("os.name").startsWith("Mac"));
  }

  /// Takes `--env-file FILE` out of the arguments, wherever it stands: it is needed before any
  /// command.
  private static @Nullable Path takeEnvFile(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).equals(ENV_FILE) && i + 1 < args.size()) {
        Path file = Path.of(args.get(i + 1));
        args.subList(i, i + 2).clear();
        return file;
      }
      if (args.get(i).startsWith(ENV_FILE + "=")) {
        return Path.of(args.remove(i).substring(ENV_FILE.length() + 1));
      }
    }
    return null;
  }

  private static Properties build() throws IOException {
    Properties build = new Properties();
    try (InputStream in = Main.class.getResourceAsStream("/build.properties")) {
      if (in != null) {
        build.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      }
    }
    return build;
  }
}
