package dev.agenticmemory.store.elastic;

import static java.nio.charset.StandardCharsets.UTF_8;

import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Response;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;
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
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.jspecify.annotations.Nullable;

/// A cluster of Elasticsearch 9.
public final class Elasticsearch implements SearchServer {

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

  /// For one request, which is then sent again.
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

  private static final ContentType LINES = ContentType.create("application/x-ndjson", UTF_8);

  private final Rest5Client client;

  /// A client of all hosts of `access`, which are tried in turn.
  public Elasticsearch(Access access) {
    Rest5ClientBuilder builder = Rest5Client.builder(access.hosts());
    if (access.authorization() != null) {
      Header header = new BasicHeader(HttpHeaders.AUTHORIZATION, access.authorization());
      builder.setDefaultHeaders(new Header[] {header});
    }
    builder.setConnectionManagerCallback(connections -> connections.setTlsStrategy(tls(access)));
    builder.setConnectionConfigCallback(
        connection -> connection.setConnectTimeout(CONNECT_MAX.toMillis(), TimeUnit.MILLISECONDS));
    builder.setRequestConfigCallback(
        request -> request.setResponseTimeout(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS));
    client = builder.build();
  }

  private static TlsStrategy tls(Access access) {
    ClientTlsStrategyBuilder builder =
        ClientTlsStrategyBuilder.create().setSslContext(access.sslContext());
    if (!access.verifiesHosts()) {
      builder.setHostnameVerifier(NoopHostnameVerifier.INSTANCE);
    }
    return builder.buildAsync();
  }

  @Override
  public Answer send(Call call) throws IOException {
    Request request = new Request(call.method(), call.path());
    request.addParameters(call.parameters());
    if (call.body() != null) {
      ContentType type = call.lines() ? LINES : ContentType.APPLICATION_JSON;
      request.setEntity(new StringEntity(call.body(), type));
    }
    try {
      return answer(client.performRequest(request));
    } catch (ResponseException e) {
      return answer(e.getResponse());
    }
  }

  private static Answer answer(Response response) throws IOException {
    return new Answer(response.getStatusCode(), body(response.getEntity()));
  }

  /// What stands between us and the server may answer with a page.
  private static JsonNode body(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return MissingNode.getInstance();
    }
    try {
      String text = EntityUtils.toString(entity, UTF_8);
      return text == null || text.isEmpty() ? MissingNode.getInstance() : Json.parse(text);
    } catch (JsonProcessingException _) {
      return MissingNode.getInstance();
    } catch (ParseException e) {
      throw new IOException(e);
    }
  }

  @Override
  public String name() {
    return "Elasticsearch";
  }

  @Override
  public String credentials() {
    return "ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD, or ELASTICSEARCH_API_KEY,";
  }

  @Override
  public ObjectNode vectorSettings() {
    return Json.object();
  }

  /// Unquantised: a score is then the cosine, and the same as in the other stores.
  @Override
  public ObjectNode vectorField(int dimensions) {
    ObjectNode field = Json.object().put("type", "dense_vector").put("dims", dimensions);
    field.put("similarity", "cosine").putObject("index_options").put("type", "hnsw");
    return field;
  }

  @Override
  public ObjectNode nearest(Nearest nearest) {
    ObjectNode body = Json.object().put("size", nearest.limit());
    ObjectNode knn = body.putObject("knn").put("field", nearest.field());
    ArrayNode vector = knn.putArray("query_vector");
    for (float number : nearest.vector().toArray()) {
      vector.add(number);
    }
    knn.put("k", nearest.limit());
    knn.put("num_candidates", Math.max(nearest.limit(), nearest.visited()));
    knn.set("filter", nearest.filter());
    return body;
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
