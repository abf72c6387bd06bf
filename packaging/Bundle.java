import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Makes the folder of a Claude Desktop bundle for the platform that it runs on: the program, a Java
/// runtime of its own with the modules that it needs, and this platform's native libraries alone.
///
///     java packaging/Bundle.java target/dist VERSION target/bundle
///
/// `mcpb pack target/bundle` makes the bundle of it.
final class Bundle {

  /// Folders in libraries that have native code for each platform, and the names of those that each
  /// of our platforms needs.
  private static final Map<String, Map<String, List<String>>> NATIVE =
      Map.of(
          "ai/onnxruntime/native/",
          Map.of(
              "linux-x64", List.of("linux-x64"),
              "linux-arm64", List.of("linux-aarch64"),
              "darwin-x64", List.of("osx-x64"),
              "darwin-arm64", List.of("osx-aarch64"),
              "win32-x64", List.of("win-x64")),
          "native/lib/",
          Map.of(
              "linux-x64", List.of("linux-x86_64"),
              "linux-arm64", List.of("linux-aarch64"),
              "darwin-x64", List.of("osx-x86_64"),
              "darwin-arm64", List.of("osx-aarch64"),
              "win32-x64", List.of("win-x86_64")),
          "com/sun/jna/",
          Map.of(
              "linux-x64", List.of("linux-x86-64"),
              "linux-arm64", List.of("linux-aarch64"),
              "darwin-x64", List.of("darwin-x86-64"),
              "darwin-arm64", List.of("darwin-aarch64"),
              "win32-x64", List.of("win32-x86-64")),
          "org/sqlite/native/",
          Map.of(
              "linux-x64", List.of("Linux/x86_64", "Linux-Musl/x86_64"),
              "linux-arm64", List.of("Linux/aarch64", "Linux-Musl/aarch64"),
              "darwin-x64", List.of("Mac/x86_64"),
              "darwin-arm64", List.of("Mac/aarch64"),
              "win32-x64", List.of("Windows/x86_64")));

  private static final List<String> LIBRARY_ENDS = List.of(".so", ".dylib", ".jnilib", ".dll", ".pdb", ".lib");

  /// What jdeps does not see: modules that are looked up by name.
  private static final List<String> MORE_MODULES = List.of("jdk.crypto.ec", "jdk.zipfs");

  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms32m",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-XX:+DisplayVMOutputToStderr",
          "-Xlog:disable",
          "-Xlog:all=warning:stderr",
          "--enable-native-access=ALL-UNNAMED",
          "-Dfile.encoding=UTF-8",
          "-Dstdin.encoding=UTF-8",
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8");

  private final Path dist;
  private final String version;
  private final Path folder;
  private final String platform;

  private Bundle(Path dist, String version, Path folder) {
    this.dist = dist;
    this.version = version;
    this.folder = folder;
    this.platform = os() + "-" + architecture();
  }

  static void main(String[] args) throws Exception {
    new Bundle(Path.of(args[0]), args[1], Path.of(args[2])).make();
  }

  private static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "win32" : "linux";
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64";
  }

  private void make() throws Exception {
    remove(folder);
    Path server = folder.resolve("server");
    Files.createDirectories(server.resolve("lib"));
    Files.copy(dist.resolve("agentic-memory.jar"), server.resolve("agentic-memory.jar"));
    for (Path library : libraries()) {
      copyWithoutForeignCode(library, server.resolve("lib").resolve(library.getFileName()));
    }
    link(server.resolve("runtime"));
    Files.writeString(folder.resolve("manifest.json"), manifest());
    System.out.printf("%s: %,d MB unpacked, for %s%n", folder, size(folder) >> 20, platform);
  }

  private List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.list(dist.resolve("lib"))) {
      return files.sorted().toList();
    }
  }

  private void copyWithoutForeignCode(Path from, Path to) throws IOException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(from));
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!isForeign(entry.getName())) {
          out.putNextEntry(new ZipEntry(entry.getName()));
          in.transferTo(out);
        }
      }
    }
  }

  private boolean isForeign(String entry) {
    return NATIVE.entrySet().stream()
        .filter(root -> entry.startsWith(root.getKey()))
        .filter(root -> LIBRARY_ENDS.stream().anyMatch(entry::endsWith) || entry.contains(".dSYM/"))
        .anyMatch(
            root ->
                entry.contains(".dSYM/")
                    || root.getValue().getOrDefault(platform, List.of()).stream()
                        .noneMatch(name -> entry.startsWith(root.getKey() + name + "/")));
  }

  private void link(Path runtime) throws Exception {
    List<String> modules = new ArrayList<>(List.of(modules().split(",")));
    modules.addAll(MORE_MODULES);
    run(
        tool("jlink"),
        "--add-modules",
        String.join(",", modules),
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--compress",
        "zip-6",
        "--output",
        runtime.toString());
  }

  private String modules() throws Exception {
    String path =
        libraries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return run(
            tool("jdeps"),
            "--multi-release",
            "25",
            "--ignore-missing-deps",
            "--print-module-deps",
            "--class-path",
            path,
            "--recursive",
            dist.resolve("agentic-memory.jar").toString())
        .strip();
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed: " + out);
    }
    return out;
  }

  private String manifest() throws IOException {
    String args =
        Stream.concat(
                JVM_OPTIONS.stream(),
                Stream.of("-jar", "${__dirname}/server/agentic-memory.jar", "stdio"))
            .map(option -> "\"" + option + "\"")
            .collect(Collectors.joining(", "));
    String java = "server/runtime/bin/" + (os().equals("win32") ? "java.exe" : "java");
    return Files.readString(Path.of("packaging/manifest.json"))
        .replace("@version@", version)
        .replace("@java@", java)
        .replace("\"@args@\"", args)
        .replace("@os@", os());
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
