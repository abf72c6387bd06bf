package dev.agenticmemory.store.search;

import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.MemoryStoreContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/// What every store promises, and beyond that what those on search servers do.
public abstract class SearchStoreContract extends MemoryStoreContract {

  private static final AtomicInteger COLLECTIONS = new AtomicInteger();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /// The collection of the running test.
  private final String collection = "memories-" + COLLECTIONS.incrementAndGet();

  /// Opens one more store on the server.
  protected abstract MemoryStore open(String collection);

  protected abstract URI address();

  @Override
  protected final MemoryStore open() {
    return open(collection);
  }

  @Override
  protected final MemoryStore openAnother() {
    return open(another());
  }

  private String another() {
    return collection + "-other";
  }

  @AfterEach
  void removeCollections() throws IOException, InterruptedException {
    for (String each : new String[] {collection, another()}) {
      for (String index : new String[] {each, each + "-records", each + "-log"}) {
        send("DELETE", "/" + index + "-1", "");
      }
    }
  }

  /// Asks the server itself.
  protected final HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address().resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
