package dev.agenticmemory.store.s3vectors;

import dev.agenticmemory.domain.Conflict;
import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.Unavailable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3vectors.S3VectorsClient;
import software.amazon.awssdk.services.s3vectors.S3VectorsClientBuilder;
import software.amazon.awssdk.services.s3vectors.model.DataType;
import software.amazon.awssdk.services.s3vectors.model.DistanceMetric;
import software.amazon.awssdk.services.s3vectors.model.GetOutputVector;
import software.amazon.awssdk.services.s3vectors.model.Index;
import software.amazon.awssdk.services.s3vectors.model.PutInputVector;
import software.amazon.awssdk.services.s3vectors.model.S3VectorsException;
import software.amazon.awssdk.services.s3vectors.model.VectorData;

/// One index of vectors in a bucket, within the service's limits: batches are cut to size, and what
/// is throttled is sent again.
public final class VectorIndex implements AutoCloseable {

  /// The service's own limits of one request.
  private static final int PUT_MAX = 500;

  private static final int DELETE_MAX = 500;
  private static final int GET_MAX = 100;

  /// Most vectors that a query finds.
  private static final int NEAREST_MAX = 100;

  /// Largest request that is sent, in numbers; the service takes 20 MB.
  private static final int PUT_NUMBERS_MAX = 400_000;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
  private static final int ATTEMPTS_MAX = 8;

  private final S3VectorsClient client;
  private final String bucket;
  private final String name;

  /// With the credentials that AWS tools find.
  ///
  /// @param endpoint null for the region's
  public VectorIndex(String region, @Nullable URI endpoint, String bucket, String name) {
    S3VectorsClientBuilder builder =
        S3VectorsClient.builder()
            .region(Region.of(region))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_MAX)
                    .socketTimeout(ANSWER_MAX))
            .overrideConfiguration(configuration ->
                configuration.retryStrategy(
                    StandardRetryStrategy.builder().maxAttempts(ATTEMPTS_MAX).build()));
    client = (endpoint == null ? builder : builder.endpointOverride(endpoint)).build();
    this.bucket = bucket;
    this.name = name;
  }

  /// A vector under its key.
  ///
  /// @param metadata an object within the service's limits
  record Entry(String key, Embedding vector, Document metadata) {}

  /// A vector that a query found.
  ///
  /// @param cosine of it and the query
  record Near(String key, double cosine) {}

  @Override
  public String toString() {
    return bucket + "/" + name;
  }

  /// Makes bucket and index where they are not there, and sees that the index is as it must be.
  ///
  /// @param plain the keys of metadata that are not filtered by
  void prepare(int dimensions, String... plain) {
    ask(() -> {
      try {
        require(describe(), dimensions);
      } catch (S3VectorsException e) {
        requireStatus(e, NOT_FOUND);
        create(dimensions, plain);
        require(describe(), dimensions);
      }
      return dimensions;
    });
  }

  private Index describe() {
    return client.getIndex(get -> get.vectorBucketName(bucket).indexName(name)).index();
  }

  private void create(int dimensions, String... plain) {
    unlessThere(() -> client.createVectorBucket(create -> create.vectorBucketName(bucket)));
    unlessThere(() ->
        client.createIndex(create ->
            create
                .vectorBucketName(bucket)
                .indexName(name)
                .dataType(DataType.FLOAT32)
                .dimension(dimensions)
                .distanceMetric(DistanceMetric.COSINE)
                .metadataConfiguration(metadata -> metadata.nonFilterableMetadataKeys(plain))));
  }

  /// Another process may be faster.
  private static void unlessThere(Runnable making) {
    try {
      making.run();
    } catch (S3VectorsException e) {
      requireStatus(e, CONFLICT);
    }
  }

  private static void requireStatus(S3VectorsException e, int expected) {
    if (e.statusCode() != expected) {
      throw e;
    }
  }

  private void require(Index index, int dimensions) {
    boolean fits =
        index.dimension() == dimensions
            // The local stand-in does not tell the metric.
            && (index.distanceMetric() == null || index.distanceMetric() == DistanceMetric.COSINE);
    if (!fits) {
      throw new Conflict(
          "The index %s has %d dimensions and distance %s; %d and cosine are needed"
              .formatted(this, index.dimension(), index.distanceMetric(), dimensions),
          "Set S3VECTORS_INDEX_NAME to another index, which is made at the start.");
    }
  }

  /// Whether there is any vector.
  boolean isEmpty() {
    return ask(() ->
        client
            .listVectors(list -> list.vectorBucketName(bucket).indexName(name).maxResults(1))
            .vectors()
            .isEmpty());
  }

  /// Writes these, each instead of one of the same key.
  void put(List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    int dimensions = entries.getFirst().vector().dimensions();
    int batch = Math.clamp(PUT_NUMBERS_MAX / dimensions, 1, PUT_MAX);
    for (List<Entry> part : parts(entries, batch)) {
      List<PutInputVector> vectors = part.stream().map(VectorIndex::input).toList();
      ask(() ->
          client.putVectors(put -> put.vectorBucketName(bucket).indexName(name).vectors(vectors)));
    }
  }

  private static PutInputVector input(Entry entry) {
    return PutInputVector.builder()
        .key(entry.key())
        .data(data(entry.vector()))
        .metadata(entry.metadata())
        .build();
  }

  private static VectorData data(Embedding embedding) {
    List<Float> numbers = new ArrayList<>();
    for (float number : embedding.toArray()) {
      numbers.add(number);
    }
    return VectorData.fromFloat32(numbers);
  }

  /// Removes these; nothing happens where there is none.
  void delete(Collection<String> keys) {
    for (List<String> part : parts(List.copyOf(keys), DELETE_MAX)) {
      ask(() ->
          client.deleteVectors(
              delete -> delete.vectorBucketName(bucket).indexName(name).keys(part)));
    }
  }

  /// The vectors of these keys, as far as they are there.
  Map<String, Embedding> get(Collection<String> keys) {
    Map<String, Embedding> found = new HashMap<>();
    for (List<String> part : parts(List.copyOf(keys), GET_MAX)) {
      List<GetOutputVector> vectors =
          ask(() ->
              client
                  .getVectors(get ->
                      get.vectorBucketName(bucket).indexName(name).keys(part).returnData(true))
                  .vectors());
      vectors.forEach(vector -> found.put(vector.key(), embedding(vector)));
    }
    return found;
  }

  private static Embedding embedding(GetOutputVector vector) {
    List<Float> numbers = vector.data().float32();
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i);
    }
    return Embedding.ofUnit(values);
  }

  /// The metadata of one vector; null where there is none.
  @Nullable Document metadata(String key) {
    List<GetOutputVector> found =
        ask(() ->
            client
                .getVectors(get ->
                    get.vectorBucketName(bucket).indexName(name).keys(key).returnMetadata(true))
                .vectors());
    return found.isEmpty() ? null : found.getFirst().metadata();
  }

  /// The nearest [#NEAREST_MAX] vectors whose metadata fulfil `filter`; possibly fewer than there
  /// are.
  List<Near> nearest(Embedding query, Document filter) {
    return ask(() ->
        client
            .queryVectors(ask ->
                ask.vectorBucketName(bucket)
                    .indexName(name)
                    .queryVector(data(query))
                    .topK(NEAREST_MAX)
                    .filter(filter)
                    .returnDistance(true))
            .vectors()
            .stream()
            .map(one -> new Near(one.key(), Math.clamp(1.0 - one.distance(), -1.0, 1.0)))
            .toList());
  }

  private static <T> List<List<T>> parts(List<T> all, int size) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      parts.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return parts;
  }

  private <T> T ask(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException e) {
      throw new Unavailable(
          "S3 Vectors, index %s: %s".formatted(this, e.getMessage()),
          "Check AWS_REGION, the credentials and their rights (docs/engines.md has the policy), and"
              + " try again.",
          e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
