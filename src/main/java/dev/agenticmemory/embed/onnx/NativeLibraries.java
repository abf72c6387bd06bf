package dev.agenticmemory.embed.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.natives.NativeLibrary;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the native libraries of the ONNX runtime and of the tokenizer in one folder.
///
/// The runtime's are 16 MB. The tokenizer's would go into the home folder.
final class NativeLibraries {

  private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");

  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  private NativeLibraries() {}

  static void prepare(Path dir) throws IOException {
    OwnerOnly.folder(dir);
    // The tokenizer's library asks for a cache folder, must not look for downloads, and must not
    // report its use.
    System.setProperty("DJL_CACHE_DIR", dir.resolve("djl").toString());
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    Path runtime = dir.resolve("onnxruntime-" + version());
    for (String library : LIBRARIES) {
      String file = System.mapLibraryName(library);
      String resource = "/ai/onnxruntime/native/" + platform() + "/" + file;
      if (!NativeLibrary.unpack(OrtEnvironment.class, resource, runtime.resolve(file))) {
        return; // An unknown platform: the runtime finds its own way, or says why not.
      }
    }
    System.setProperty("onnxruntime.native.path", runtime.toString());
  }

  /// Keeps the runtime's environment until the process is over.
  ///
  /// The runtime releases it in a hook of its own as soon as the process is told to end, and a
  /// model that is being loaded meanwhile crashes the process. The environment counts who holds it,
  /// and the hook lets go once; so it is held once more, before the runtime adds its hook.
  static void holdEnvironment() {
    try {
      Class<?> runtime = Class.forName("ai.onnxruntime.OnnxRuntime");
      Method init = runtime.getDeclaredMethod("init");
      init.setAccessible(true);
      init.invoke(null);
      Field api = runtime.getDeclaredField("ortApiHandle");
      api.setAccessible(true);
      Method hold =
          OrtEnvironment.class.getDeclaredMethod(
              "createHandle", long.class, int.class, String.class);
      hold.setAccessible(true);
      hold.invoke(
          null,
          api.getLong(null),
          OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(),
          OrtEnvironment.DEFAULT_NAME);
    } catch (ReflectiveOperationException e) {
      LOG.debug("The runtime's environment is not held", e);
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
