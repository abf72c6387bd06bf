package dev.agenticmemory.store.opensearch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.store.search.Access;
import dev.agenticmemory.store.search.SearchServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;
import org.opensearch.client.opensearch._types.OpenSearchException;
import org.opensearch.client.opensearch.generic.Body;
import org.opensearch.client.opensearch.generic.OpenSearchGenericClient;
import org.opensearch.client.opensearch.generic.Requests;
import org.opensearch.client.opensearch.generic.Response;
import org.opensearch.client.transport.OpenSearchTransport;
import org.opensearch.client.transport.aws.AwsSdk2Transport;
import org.opensearch.client.transport.aws.AwsSdk2TransportOptions;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;
import org.opensearch.client.transport.httpclient5.ResponseException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/// A cluster of OpenSearch 3 with its k-NN plugin.
public final class OpenSearch implements SearchServer {

  /// What finds vectors. `nmslib` is refused by the server since 3.0.
  public enum Engine {
    LUCENE,
    FAISS
  }

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /// For one request, which is then sent again.
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  private static final int CONNECTIONS_MAX = 30;

  private final OpenSearchTransport transport;
  private final OpenSearchGenericClient client;
  private final Engine engine;
  private final String credentials;

  /// A client of all hosts of `access`, which are tried in turn.
  public OpenSearch(Access access, Engine engine) {
    this(transport(access), engine, "OPENSEARCH_USER and OPENSEARCH_PASSWORD");
  }

  private OpenSearch(OpenSearchTransport transport, Engine engine, String credentials) {
    this.transport = transport;
    this.engine = engine;
    this.credentials = credentials;
    client = new OpenSearchGenericClient(transport);
  }

  /// A client of Amazon OpenSearch Service, whose requests are signed with the credentials that AWS
  /// tools find.
  ///
  /// @param access the one host of a domain, which is asked by TLS; collections without servers
  ///   lack what we need, such as ids of our own
  public static OpenSearch signed(Access access, String region, Engine engine) {
    UrlConnectionHttpClient.Builder http =
        UrlConnectionHttpClient.builder().connectionTimeout(CONNECT_MAX).socketTimeout(ANSWER_MAX);
    if (access.trustManagers() != null) {
      http.tlsTrustManagersProvider(access::trustManagers);
    }
    AwsSdk2Transport transport =
        new AwsSdk2Transport(
            http.build(),
            access.hosts().getFirst().getAuthority(),
            Region.of(region),
            AwsSdk2TransportOptions.builder().build());
    return new OpenSearch(
        transport, engine, "the AWS credentials, AWS_REGION and the policy of the domain");
  }

  private static OpenSearchTransport transport(Access access) {
    ApacheHttpClient5TransportBuilder builder =
        ApacheHttpClient5TransportBuilder.builder(
            access.hosts().stream().map(HttpHost::create).toArray(HttpHost[]::new));
    if (access.authorization() != null) {
      Header header = new BasicHeader(HttpHeaders.AUTHORIZATION, access.authorization());
      builder.setDefaultHeaders(new Header[] {header});
    }
    builder.setHttpClientConfigCallback(http -> withTls(http, access));
    builder.setConnectionConfigCallback(
        connection -> connection.setConnectTimeout(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS));
    builder.setRequestConfigCallback(
        request -> request.setResponseTimeout(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS));
    return builder.build();
  }

  private static HttpAsyncClientBuilder withTls(HttpAsyncClientBuilder http, Access access) {
    ClientTlsStrategyBuilder tls =
        ClientTlsStrategyBuilder.create().setSslContext(access.sslContext());
    if (!access.verifiesHosts()) {
      tls.setHostnameVerifier(NoopHostnameVerifier.INSTANCE);
    }
    return http.setConnectionManager(
        PoolingAsyncClientConnectionManagerBuilder.create()
            .setTlsStrategy(tls.buildAsync())
            .setMaxConnPerRoute(CONNECTIONS_MAX)
            .setMaxConnTotal(CONNECTIONS_MAX)
            .build());
  }

  @Override
  public Answer send(Call call) throws IOException {
    try (Response response =
        client.execute(
            Requests.create(
                call.method(), call.path(), List.of(), call.parameters(), body(call)))) {
      return new Answer(response.getStatus(), body(response));
    } catch (IOException e) {
      // Some statuses, such as those of a conflict or a refusal, arrive like this,
      return new Answer(status(e), MissingNode.getInstance());
    } catch (OpenSearchException e) {
      // or, of signed requests, like this.
      ObjectNode error = Json.object().put("type", e.error().type());
      return new Answer(
          e.status(), Json.object().set("error", error.put("reason", e.getMessage())));
    }
  }

  /// The status that an exception tells of; it is thrown again where it tells of none.
  private static int status(IOException e) throws IOException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ResponseException refused) {
        return refused.status();
      }
    }
    throw e;
  }

  private static @Nullable Body body(Call call) {
    return call.body() == null
        ? null
        : Body.from(
            call.body().getBytes(UTF_8),
            call.lines() ? "application/x-ndjson" : "application/json");
  }

  /// What stands between us and the server may answer with a page.
  private static JsonNode body(Response response) {
    String text = response.getBody().map(Body::bodyAsString).orElse("");
    try {
      return text.isEmpty() ? MissingNode.getInstance() : Json.parse(text);
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    }
  }

  @Override
  public String name() {
    return "OpenSearch";
  }

  @Override
  public String credentials() {
    return credentials;
  }

  @Override
  public ObjectNode vectorSettings() {
    return Json.object().put("index.knn", true);
  }

  @Override
  public ObjectNode vectorField(int dimensions) {
    ObjectNode field = Json.object().put("type", "knn_vector").put("dimension", dimensions);
    ObjectNode method = field.putObject("method").put("name", "hnsw");
    method.put("engine", engine.name().toLowerCase(Locale.ROOT));
    method.put("space_type", "cosinesimil");
    return field;
  }

  @Override
  public ObjectNode nearest(Nearest nearest) {
    ObjectNode body = Json.object().put("size", nearest.limit());
    ObjectNode nested = body.putObject("query").putObject("nested").put("path", nearest.path());
    nested.put("score_mode", "max");
    ObjectNode knn = nested.putObject("query").putObject("knn").putObject(nearest.field());
    ArrayNode vector = knn.putArray("vector");
    for (float number : nearest.vector().toArray()) {
      vector.add(number);
    }
    // The server looks at as many as it returns of each shard.
    knn.put("k", Math.max(nearest.limit(), nearest.visited()));
    knn.set("filter", nearest.filter());
    return body;
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
