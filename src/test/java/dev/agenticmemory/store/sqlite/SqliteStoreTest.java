package dev.agenticmemory.store.sqlite;

import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreContract;
import dev.agenticmemory.store.MemoryStoreFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest extends MemoryStoreContract {

  @TempDir Path folder;

  @Override
  protected MemoryStore open() {
    return new SqliteStore(folder.resolve("memories.db"), MemoryStoreFixture.SPACE);
  }
}
