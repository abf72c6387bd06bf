package dev.agenticmemory;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How tests start the program in a process of its own, from the classes that were just compiled.
public final class OwnProcess {

  private OwnProcess() {}

  public static List<String> command(List<String> arguments) {
    return command(List.of(), arguments);
  }

  /// The same with options of the JVM.
  public static List<String> command(List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }
}
