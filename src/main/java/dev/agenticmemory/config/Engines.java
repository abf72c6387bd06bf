package dev.agenticmemory.config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where each engine is, whether it is chosen or not: a move names two.
///
/// @param elasticsearch `ELASTICSEARCH_…`
/// @param openSearch `OPENSEARCH_…`
/// @param signed `OPENSEARCH_AWS_SIGV4`: whether requests to OpenSearch are signed with the
///   credentials that AWS tools find. Default false
/// @param vectorEngine `OPENSEARCH_KNN_ENGINE`: `lucene` (default) or `faiss`
/// @param s3Vectors `S3VECTORS_…`
/// @param region `AWS_REGION`, else `AWS_DEFAULT_REGION`. Default `us-east-1`
public record Engines(
    Cluster elasticsearch,
    Cluster openSearch,
    boolean signed,
    VectorEngine vectorEngine,
    S3Vectors s3Vectors,
    String region) {

  /// What finds vectors in OpenSearch.
  public enum VectorEngine {
    LUCENE,
    FAISS
  }

  /// A search server.
  ///
  /// @param hosts `…_HOST`, several separated by commas, with `…_PORT` and `…_USE_SSL` where one
  ///   does not say. Default `localhost`, 9200, false
  /// @param user `…_USER`; null for none
  /// @param password `…_PASSWORD`; null for none
  /// @param apiKey `ELASTICSEARCH_API_KEY`, as the server printed it; null for none
  /// @param verifyCerts `…_VERIFY_CERTS`: false believes every certificate. Default true
  /// @param caCert `…_CA_CERT`: a PEM file with the certificates that signed the server's; null for
  ///   those that Java knows
  /// @param collection `…_COLLECTION`: the index of memories. Default `agentic-memory`
  public record Cluster(
      List<URI> hosts,
      @Nullable String user,
      @Nullable Secret password,
      @Nullable Secret apiKey,
      boolean verifyCerts,
      @Nullable Path caCert,
      String collection) {

    public Cluster {
      hosts = List.copyOf(hosts);
    }

    /// The same with another collection.
    public Cluster withCollection(String other) {
      return new Cluster(hosts, user, password, apiKey, verifyCerts, caCert, other);
    }
  }

  /// An index of Amazon S3 Vectors.
  ///
  /// @param bucket `S3VECTORS_BUCKET_NAME`. Default `agentic-memory`
  /// @param index `S3VECTORS_INDEX_NAME`. Default `memories`
  /// @param endpoint `S3VECTORS_ENDPOINT`; null for the region's
  public record S3Vectors(String bucket, String index, @Nullable URI endpoint) {}

  private static final String COLLECTION = "agentic-memory";

  /// What both servers take as a name.
  private static final Pattern INDEX = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  private static final int PORT_MAX = 65_535;
  private static final int PORT = 9_200;

  static Engines read(Config.Reader in) {
    return new Engines(
        cluster(in, "ELASTICSEARCH_"),
        cluster(in, "OPENSEARCH_"),
        in.flag("OPENSEARCH_AWS_SIGV4", false),
        in.read(
            "OPENSEARCH_KNN_ENGINE",
            VectorEngine.LUCENE,
            Config.Reader.one(VectorEngine.values(), Enum::name)),
        new S3Vectors(
            in.text("S3VECTORS_BUCKET_NAME", COLLECTION),
            in.text("S3VECTORS_INDEX_NAME", "memories"),
            in.<@Nullable URI>read("S3VECTORS_ENDPOINT", null, URI::create)),
        Llm.region(in));
  }

  private static Cluster cluster(Config.Reader in, String prefix) {
    int port = in.number(prefix + "PORT", PORT, 1, PORT_MAX);
    String scheme = in.flag(prefix + "USE_SSL", false) ? "https" : "http";
    String user = in.text(prefix + "USER", "");
    return new Cluster(
        in.read(
            prefix + "HOST",
            List.of(host("localhost", scheme, port)),
            text -> hosts(text, scheme, port)),
        user.isEmpty() ? null : user,
        in.secret(prefix + "PASSWORD"),
        in.secret(prefix + "API_KEY"),
        in.flag(prefix + "VERIFY_CERTS", true),
        in.<@Nullable Path>read(prefix + "CA_CERT", null, Engines::readable),
        in.read(prefix + "COLLECTION", COLLECTION, Engines::index));
  }

  private static List<URI> hosts(String text, String scheme, int port) {
    List<URI> hosts = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      hosts.add(host(each.strip(), scheme, port));
    }
    return hosts;
  }

  private static URI host(String text, String scheme, int port) {
    URI uri = URI.create(text.contains("://") ? text : scheme + "://" + text);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "is \"%s\"; pass names or addresses of hosts, separated by commas".formatted(text));
    }
    return uri.getPort() >= 0 || text.contains("://")
        ? uri
        : URI.create("%s://%s:%d".formatted(uri.getScheme(), uri.getRawAuthority(), port));
  }

  private static Path readable(String text) {
    Path file = Path.of(text);
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("cannot be read: " + file);
    }
    return file;
  }

  private static String index(String text) {
    if (!INDEX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "is \"%s\"; up to 100 small letters, digits, \"-\", \"_\" and \".\" are allowed, e.g. %s"
              .formatted(text, text.toLowerCase(Locale.ROOT)));
    }
    return text;
  }
}
