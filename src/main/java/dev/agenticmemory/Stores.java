package dev.agenticmemory;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.config.Engines;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.domain.InvalidInput;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.files.OwnerOnly;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.elastic.Elasticsearch;
import dev.agenticmemory.store.opensearch.OpenSearch;
import dev.agenticmemory.store.s3vectors.S3VectorsStore;
import dev.agenticmemory.store.s3vectors.VectorIndex;
import dev.agenticmemory.store.search.Access;
import dev.agenticmemory.store.search.SearchServer;
import dev.agenticmemory.store.search.SearchStore;
import dev.agenticmemory.store.sqlite.SqliteLibrary;
import dev.agenticmemory.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Opens stores: the one place where the settings' engines are named.
final class Stores {

  private Stores() {}

  /// Where a store is.
  ///
  /// @param place a data folder or a collection instead of the settings'; null for theirs
  private record Named(Config.StoreEngine engine, @Nullable String place) {

    /// An engine as in `VECTOR_STORE`, and with a colon a place.
    static Named parse(String name) {
      int colon = name.indexOf(':');
      String word = colon < 0 ? name : name.substring(0, colon);
      for (Config.StoreEngine engine : Config.StoreEngine.values()) {
        if (engine.name().equalsIgnoreCase(word)) {
          return new Named(engine, colon < 0 ? null : name.substring(colon + 1));
        }
      }
      throw new InvalidInput(
          "store",
          "is \"%s\"".formatted(name),
          "Name one of %s, embedded:FOLDER, a search server with :COLLECTION, or s3vectors:INDEX."
              .formatted(Arrays.toString(Config.StoreEngine.values()).toLowerCase(Locale.ROOT)));
    }

    Config in(Config config) {
      return engine == Config.StoreEngine.EMBEDDED && place != null
          ? config.withHome(Path.of(place).toAbsolutePath())
          : config;
    }

    String indexIn(Config config) {
      return place == null ? config.engines().s3Vectors().index() : place;
    }

    Engines.Cluster in(Engines.Cluster cluster) {
      return place == null ? cluster : cluster.withCollection(place);
    }
  }

  /// A store by the name that the command line gives it, to be written.
  ///
  /// @param space of the vectors that are written to it
  static MemoryStore open(Config config, String name, EmbeddingSpace space) {
    SqliteLibrary.keepIn(nativeDir(config));
    Named named = Named.parse(name);
    return switch (named.engine()) {
      case EMBEDDED -> new SqliteStore(file(named.in(config)), space);
      case ELASTICSEARCH -> {
        Engines.Cluster cluster = named.in(config.engines().elasticsearch());
        yield new SearchStore(elasticsearch(cluster), cluster.collection(), space);
      }
      case OPENSEARCH -> {
        Engines.Cluster cluster = named.in(config.engines().openSearch());
        yield new SearchStore(openSearch(config.engines(), cluster), cluster.collection(), space);
      }
      case S3VECTORS -> {
        String index = named.indexIn(config);
        yield new S3VectorsStore(
            vectorIndex(config, index), beside(config, index), space, InstantSource.system());
      }
    };
  }

  /// Likewise to be read, with whatever model its vectors are of.
  static MemoryStore asItIs(Config config, String name) {
    SqliteLibrary.keepIn(nativeDir(config));
    Named named = Named.parse(name);
    return switch (named.engine()) {
      case EMBEDDED -> SqliteStore.asItIs(file(named.in(config)));
      case ELASTICSEARCH -> {
        Engines.Cluster cluster = named.in(config.engines().elasticsearch());
        yield SearchStore.asItIs(elasticsearch(cluster), cluster.collection());
      }
      case OPENSEARCH -> {
        Engines.Cluster cluster = named.in(config.engines().openSearch());
        yield SearchStore.asItIs(openSearch(config.engines(), cluster), cluster.collection());
      }
      case S3VECTORS -> {
        String index = named.indexIn(config);
        yield S3VectorsStore.asItIs(
            vectorIndex(config, index), beside(config, index), InstantSource.system());
      }
    };
  }

  /// The store of the settings.
  static MemoryStore open(Config config, EmbeddingSpace space) {
    return open(config, config.engine().name(), space);
  }

  /// Throws `Unavailable` where this process may not write the files of the settings' store. A
  /// server that could answer nothing would else look alive.
  static void requireWritable(Config config) {
    switch (config.engine()) {
      case EMBEDDED -> requireWritable(file(config));
      case S3VECTORS -> requireWritable(beside(config, config.engines().s3Vectors().index()));
      case ELASTICSEARCH, OPENSEARCH -> {
        // What they keep is elsewhere.
      }
    }
  }

  private static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().resolveSibling(".").normalize();
    try {
      OwnerOnly.folder(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    if (!Files.isWritable(folder)) {
      throw unwritable(folder, null);
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw unwritable(file, null);
    }
  }

  private static Unavailable unwritable(Path path, @Nullable IOException e) {
    return new Unavailable(
        "The memories cannot be written to %s".formatted(path),
        "Give the user of this process the right to write there, or set MEMORY_HOME.",
        e);
  }

  /// Of the settings' own data folder: what is loaded from a folder that is read runs here.
  static Path nativeDir(Config config) {
    return config.home().resolve("native");
  }

  private static Path file(Config config) {
    return config.home().resolve("memory.db");
  }

  /// The embedded store beside an index of S3 Vectors.
  private static Path beside(Config config, String index) {
    return config.home().resolve("s3vectors-" + index + ".db");
  }

  private static VectorIndex vectorIndex(Config config, String index) {
    Engines.S3Vectors settings = config.engines().s3Vectors();
    return new VectorIndex(
        config.engines().region(), settings.endpoint(), settings.bucket(), index);
  }

  private static SearchServer elasticsearch(Engines.Cluster cluster) {
    return new Elasticsearch(access(cluster));
  }

  private static SearchServer openSearch(Engines engines, Engines.Cluster cluster) {
    OpenSearch.Engine vectors =
        switch (engines.vectorEngine()) {
          case LUCENE -> OpenSearch.Engine.LUCENE;
          case FAISS -> OpenSearch.Engine.FAISS;
        };
    return engines.signed()
        ? OpenSearch.signed(access(cluster), engines.region(), vectors)
        : new OpenSearch(access(cluster), vectors);
  }

  private static Access access(Engines.Cluster cluster) {
    return new Access(cluster.hosts(), authorization(cluster), trust(cluster));
  }

  private static @Nullable String authorization(Engines.Cluster cluster) {
    if (cluster.apiKey() != null) {
      return Access.apiKey(cluster.apiKey().value());
    }
    return cluster.user() == null
        ? null
        : Access.basic(
            cluster.user(), cluster.password() == null ? "" : cluster.password().value());
  }

  private static Access.Trust trust(Engines.Cluster cluster) {
    if (!cluster.verifyCerts()) {
      return new Access.Trust.Anybody();
    }
    return cluster.caCert() == null
        ? new Access.Trust.Known()
        : new Access.Trust.SignedBy(cluster.caCert());
  }
}
