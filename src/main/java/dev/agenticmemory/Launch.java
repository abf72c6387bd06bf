package dev.agenticmemory;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How this program is started once more, as a client would.
final class Launch {

  /// Set by the launcher to its own path.
  private static final String LAUNCHER = "agenticmemory.launcher";

  private Launch() {}

  /// The launcher, or, where the program was started without it, the same Java with the same
  /// options.
  static List<String> command() {
    String launcher = System.getProperty(LAUNCHER);
    return launcher == null ? java(jvmOptions()) : List.of(launcher);
  }

  /// The folder of the plugin for OpenClaw; null where the program was started without the
  /// launcher.
  static @Nullable Path openclawPlugin() {
    String launcher = System.getProperty(LAUNCHER);
    return launcher == null ? null : Path.of(launcher).resolveSibling("openclaw-plugin");
  }

  /// The same Java with the same options, but for the AOT cache.
  static List<String> withoutCache() {
    return java(
        jvmOptions().stream().filter(option -> !option.startsWith("-XX:AOTCache")).toList());
  }

  /// How this process is called where others see it: its id and its machine.
  static String process() {
    return "process " + ManagementFactory.getRuntimeMXBean().getName();
  }

  private static List<String> java(List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    return command;
  }

  private static List<String> jvmOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }
}
