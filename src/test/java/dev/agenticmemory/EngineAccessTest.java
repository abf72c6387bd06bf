package dev.agenticmemory;

import static dev.agenticmemory.store.MemoryStoreFixture.ALICE;
import static dev.agenticmemory.store.MemoryStoreFixture.EAST;
import static dev.agenticmemory.store.MemoryStoreFixture.SPACE;
import static dev.agenticmemory.store.MemoryStoreFixture.add;
import static dev.agenticmemory.store.MemoryStoreFixture.live;
import static dev.agenticmemory.store.MemoryStoreFixture.meaning;
import static dev.agenticmemory.store.MemoryStoreFixture.memory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.agenticmemory.config.Config;
import dev.agenticmemory.domain.Memory;
import dev.agenticmemory.domain.Unavailable;
import dev.agenticmemory.store.MemoryStore;
import dev.agenticmemory.store.Outcome;
import dev.agenticmemory.store.search.Access;
import dev.agenticmemory.store.search.Guard;
import dev.agenticmemory.store.search.OwnCertificate;
import dev.agenticmemory.store.search.RealServer;
import dev.agenticmemory.store.search.SignatureV4;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// How the settings lead to real search servers: by TLS, with passwords, keys and signatures, to
/// several hosts, and past servers that are busy.
@Tag("engine")
final class EngineAccessTest {

  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  private static final Guard.Doorman ANYBODY = _ -> OK;

  /// Nobody listens at the first port.
  private static final String DOWN = "http://127.0.0.1:1";

  private static final AtomicInteger COLLECTIONS = new AtomicInteger();

  @TempDir static Path folder;
  private static RealServer elasticsearch;
  private static RealServer openSearch;
  private static OwnCertificate own;

  /// What the settings of each begin with.
  enum Engine {
    ELASTICSEARCH,
    OPENSEARCH;

    URI real() {
      return (this == ELASTICSEARCH ? elasticsearch : openSearch).address();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    elasticsearch = RealServer.elasticsearch(folder.resolve("elasticsearch"));
    openSearch = RealServer.openSearch(folder.resolve("opensearch"));
    own = OwnCertificate.in(Files.createDirectory(folder.resolve("own")));
  }

  @AfterAll
  static void stop() {
    elasticsearch.close();
    openSearch.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  // TLS.

  @ParameterizedTest
  @EnumSource
  void aServerIsReachedByTlsWhereItsCertificateIsNamed(Engine engine) throws Exception {
    try (Guard guard = guard(engine, ANYBODY)) {
      requireUse(engine, Map.of("HOST", guard.address().toString(), "CA_CERT", pem()));
      requireUse(
          engine,
          Map.of(
              "HOST",
              "localhost",
              "PORT",
              String.valueOf(guard.address().getPort()),
              "USE_SSL",
              "true",
              "CA_CERT",
              pem()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownCertificateIsRefusedAtOnceAndTheSettingIsNamed(Engine engine) throws Exception {
    try (Guard guard = guard(engine, ANYBODY)) {
      Unavailable refused = refusal(engine, Map.of("HOST", guard.address().toString()));
      assertThat(refused).hasMessageContaining("certificate");
      assertThat(refused.hint()).contains(engine + "_CA_CERT");
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyCertificateIsBelievedWhereThatIsWanted(Engine engine) throws Exception {
    try (Guard guard = guard(engine, ANYBODY)) {
      requireUse(engine, Map.of("HOST", guard.address().toString(), "VERIFY_CERTS", "false"));
    }
  }

  // Who we are.

  @ParameterizedTest
  @EnumSource
  void userAndPasswordLetUsIn(Engine engine) throws Exception {
    try (Guard guard = guard(engine, only(Access.basic("ann", "secret: é")))) {
      Map<String, String> settings =
          Map.of(
              "HOST",
              guard.address().toString(),
              "CA_CERT",
              pem(),
              "USER",
              "ann",
              "PASSWORD",
              "secret: é");
      requireUse(engine, settings);
      Map<String, String> wrong = new HashMap<>(settings);
      wrong.put("PASSWORD", "wrong");
      requireRefused(engine, wrong, engine + "_PASSWORD");
      wrong.remove("USER");
      requireRefused(engine, wrong, engine + "_USER");
    }
  }

  @Test
  void anApiKeyLetsUsIn() throws Exception {
    try (Guard guard = guard(Engine.ELASTICSEARCH, only("ApiKey bm90IGEga2V5"))) {
      Map<String, String> settings =
          Map.of("HOST", guard.address().toString(), "CA_CERT", pem(), "API_KEY", "bm90IGEga2V5");
      requireUse(Engine.ELASTICSEARCH, settings);
      Map<String, String> wrong = new HashMap<>(settings);
      wrong.put("API_KEY", "another");
      requireRefused(Engine.ELASTICSEARCH, wrong, "ELASTICSEARCH_API_KEY");
    }
  }

  private static void requireRefused(Engine engine, Map<String, String> settings, String named) {
    Unavailable refused = refusal(engine, settings);
    assertThat(refused).hasMessageContaining("refused access (status 401)");
    assertThat(refused.hint()).contains(named);
    assertThat(refused.getMessage() + refused.hint()).doesNotContain("wrong", "another");
  }

  private static Guard.Doorman only(String authorization) {
    return request -> request.header("Authorization").equals(authorization) ? OK : UNAUTHORIZED;
  }

  @Test
  void requestsToAmazonsServiceAreSignedAsItChecksThem() throws Exception {
    SignatureV4 doorman = new SignatureV4("key-id", "secret/key", "eu-west-1", "es");
    try (Guard guard = guard(Engine.OPENSEARCH, doorman)) {
      Map<String, String> settings =
          Map.of("HOST", guard.address().toString(), "CA_CERT", pem(), "AWS_SIGV4", "true");
      System.setProperty("aws.accessKeyId", "key-id");
      System.setProperty("aws.secretAccessKey", "secret/key");
      requireUse(Engine.OPENSEARCH, settings);
      System.setProperty("aws.secretAccessKey", "wrong");
      Unavailable refused = refusal(Engine.OPENSEARCH, settings);
      assertThat(refused).hasMessageContaining("refused access (status 403)");
      assertThat(refused.hint()).contains("AWS credentials", "AWS_REGION");
    }
  }

  // Hosts.

  @ParameterizedTest
  @EnumSource
  void ofSeveralHostsTheFirstMayBeDown(Engine engine) {
    requireUse(engine, Map.of("HOST", DOWN + "," + engine.real()));
  }

  /// Of each three requests two are refused on the wire.
  @ParameterizedTest
  @CsvSource({"ELASTICSEARCH,429", "ELASTICSEARCH,503", "OPENSEARCH,429", "OPENSEARCH,503"})
  void whatABusyServerRefusesIsAskedAgain(Engine engine, int status) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (Guard guard = guard(engine, _ -> requests.incrementAndGet() % 3 == 0 ? OK : status)) {
      requireUse(engine, Map.of("HOST", guard.address().toString(), "CA_CERT", pem()));
    }
    assertThat(requests).hasValueGreaterThan(30);
  }

  // What finds vectors.

  @Test
  void anotherEngineOfVectorsIsTakenByOpenSearch() throws Exception {
    String collection = "faiss-" + COLLECTIONS.incrementAndGet();
    Map<String, String> settings =
        Map.of(
            "HOST",
            openSearch.address().toString(),
            "KNN_ENGINE",
            "faiss",
            "COLLECTION",
            collection);
    open(Engine.OPENSEARCH, settings).close();
    assertThat(mapping(collection)).contains("\"engine\":\"faiss\"", "\"cosinesimil\"");
  }

  private static String mapping(String collection) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(openSearch.address().resolve("/" + collection + "/_mapping"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static Guard guard(Engine engine, Guard.Doorman doorman) throws Exception {
    return new Guard(engine.real(), own.tls(), doorman);
  }

  private static String pem() {
    return own.pem().toString();
  }

  private static void requireUse(Engine engine, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("COLLECTION", "access-" + COLLECTIONS.incrementAndGet());
    Memory tea = memory("likes tea");
    try (MemoryStore store = open(engine, all)) {
      assertThat(store.apply(List.of(add(tea)))).isEqualTo(new Outcome.Applied());
      assertThat(store.load(store.candidates(live(ALICE), meaning(EAST, 5)).found()))
          .containsExactly(tea);
    }
  }

  private static Unavailable refusal(Engine engine, Map<String, String> settings) {
    return catchThrowableOfType(Unavailable.class, () -> open(engine, settings).close());
  }

  /// @param settings without the engine's prefix
  private static MemoryStore open(Engine engine, Map<String, String> settings) {
    Map<String, String> env = new HashMap<>();
    settings.forEach((name, value) -> env.put(engine + "_" + name, value));
    env.put("VECTOR_STORE", engine.name().toLowerCase(Locale.ROOT));
    env.put("AWS_REGION", "eu-west-1");
    return Stores.open(Config.read(env, null, folder, "alice"), SPACE);
  }
}
