package dev.agenticmemory.store.elastic;

import dev.agenticmemory.store.search.Access;
import dev.agenticmemory.store.search.RealServer;
import dev.agenticmemory.store.search.SearchServer;
import dev.agenticmemory.store.search.SearchStoreContract;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// What every store promises, on a real Elasticsearch.
@Tag("engine")
final class ElasticStoreTest extends SearchStoreContract {

  @TempDir static Path folder;
  private static RealServer real;

  @BeforeAll
  static void startServer() {
    real = RealServer.elasticsearch(folder);
  }

  @AfterAll
  static void stopServer() {
    real.close();
  }

  @Override
  protected URI address() {
    return real.address();
  }

  @Override
  protected SearchServer client() {
    return new Elasticsearch(new Access(List.of(address()), null, new Access.Trust.Known()));
  }
}
