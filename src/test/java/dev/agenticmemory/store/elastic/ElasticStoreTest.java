package dev.agenticmemory.store.elastic;

import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;

import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.search.Access;
import dev.agenticmemory.store.search.RealServer;
import dev.agenticmemory.store.search.SearchStore;
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
  protected MemoryStore open(String collection) {
    Access access = new Access(List.of(address()), null, new Access.Trust.Known());
    return new SearchStore(new Elasticsearch(access), collection, SPACE);
  }
}
