package dev.agenticmemory.embed.onnx;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/// Keeps the native libraries of the ONNX runtime and of the tokenizer in one folder.
///
/// Left to themselves, the runtime unpacks 16 MB into the temporary folder at every start, and
/// leaves them there when it is killed; the tokenizer writes into the home folder.
final class NativeLibraries {

  private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

  private NativeLibraries() {}

  static void prepare(Path dir) throws IOException {
    Files.createDirectories(dir);
    // The tokenizer's library asks for a cache folder, must not look for downloads, and must not
    // report its use.
    System.setProperty("DJL_CACHE_DIR", dir.resolve("djl").toString());
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    Path runtime = dir.resolve("onnxruntime-" + version());
    for (String library : LIBRARIES) {
      String file = System.mapLibraryName(library);
      if (!unpack("/ai/onnxruntime/native/" + platform() + "/" + file, runtime.resolve(file))) {
        return; // An unknown platform: the runtime finds its own way, or says why not.
      }
    }
    System.setProperty("onnxruntime.native.path", runtime.toString());
  }

  private static boolean unpack(String resource, Path target) throws IOException {
    if (Files.exists(target)) {
      return true;
    }
    try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
      if (in == null) {
        return false;
      }
      Files.createDirectories(target.getParent());
      Path whole = Files.createTempFile(target.getParent(), "unpack", ".tmp");
      Files.copy(in, whole, StandardCopyOption.REPLACE_EXISTING);
      Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    }
  }

  private static String version() {
    String version = OrtEnvironment.class.getPackage().getImplementationVersion();
    return version == null ? "unversioned" : version;
  }

  private static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
    String processor = arch.equals("aarch64") || arch.equals("arm64") ? "aarch64" : "x64";
    return system + "-" + processor;
  }
}
