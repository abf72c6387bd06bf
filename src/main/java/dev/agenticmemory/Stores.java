package dev.agenticmemory;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Opens stores: the one place where the settings' engines are named.
final class Stores {

  private Stores() {}

  private static final String FOLDER = "embedded:";

  /// A store by the name that the command line gives it, to be written.
  static MemoryStore open(Config config, String name, EmbeddingSpace space) {
    return open(in(config, name), engine(name), space);
  }

  /// Likewise to be read, with whatever model its vectors are of.
  static MemoryStore asItIs(Config config, String name) {
    return switch (engine(name)) {
      case EMBEDDED -> SqliteStore.asItIs(file(in(config, name)));
    };
  }

  private static Config in(Config config, String name) {
    return name.startsWith(FOLDER)
        ? config.withHome(Path.of(name.substring(FOLDER.length())).toAbsolutePath())
        : config;
  }

  /// An engine by its name, or `embedded:` and a data folder.
  private static Config.StoreEngine engine(String name) {
    if (name.startsWith(FOLDER)) {
      return Config.StoreEngine.EMBEDDED;
    }
    for (Config.StoreEngine engine : Config.StoreEngine.values()) {
      if (engine.name().equalsIgnoreCase(name)) {
        return engine;
      }
    }
    throw new InvalidInput(
        "store",
        "is \"%s\"".formatted(name),
        "Name one of %s, or embedded:FOLDER."
            .formatted(Arrays.toString(Config.StoreEngine.values()).toLowerCase(Locale.ROOT)));
  }

  /// The store of the settings in `engine`, whichever engine they choose.
  ///
  /// @param space of the vectors that are written to it
  static MemoryStore open(Config config, Config.StoreEngine engine, EmbeddingSpace space) {
    return switch (engine) {
      case EMBEDDED -> new SqliteStore(file(config), space);
    };
  }

  private static Path file(Config config) {
    return config.home().resolve("memory.db");
  }
}
