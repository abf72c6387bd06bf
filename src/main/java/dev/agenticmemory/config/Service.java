package dev.agenticmemory.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where and how the program is on the network.
///
/// @param address `SERVICE_HOST` (default `127.0.0.1`) and `SERVICE_PORT` (default 8230)
/// @param allowedHosts `SERVICE_ALLOWED_HOSTS`: further names of this server, parted by commas
/// @param allowedOrigins `SERVICE_ALLOWED_ORIGINS`: web pages that may call it, parted by commas
/// @param requestsPerMinute `SERVICE_REQUESTS_PER_MINUTE`: for one token, 0 for no limit. Default
///   6,000
/// @param bodyBytesMax `SERVICE_BODY_BYTES_MAX`: of one request. Default 8 MiB
/// @param connectionsPerAddress `SERVICE_CONNECTIONS_PER_ADDRESS`: open at once from one address
///   but this machine's own, 0 for no limit. Default 200
/// @param logFormat `LOG_FORMAT`: of the lines on standard error. Default `json`
/// @param keystore `SERVICE_TLS_KEYSTORE`: a PKCS#12 file; null for connections without encryption
/// @param keystorePassword `SERVICE_TLS_PASSWORD`; null where there is no keystore
/// @param oauth `OAUTH_…`: an issuer of tokens; null for none
/// @param auditing `AUDIT_…`: what is noted of who did what
public record Service(
    InetSocketAddress address,
    Set<String> allowedHosts,
    Set<String> allowedOrigins,
    int requestsPerMinute,
    int bodyBytesMax,
    int connectionsPerAddress,
    LogFormat logFormat,
    @Nullable Path keystore,
    @Nullable Secret keystorePassword,
    @Nullable OAuth oauth,
    Auditing auditing) {

  /// How what it says looks.
  public enum LogFormat {
    JSON,
    TEXT
  }

  private static final String HOST = "127.0.0.1";
  private static final int PORT = 8230;
  private static final int PORT_MAX = 65_535;
  private static final int REQUESTS_PER_MINUTE = 6_000;
  private static final int REQUESTS_PER_MINUTE_MAX = 1_000_000;
  private static final int CONNECTIONS_PER_ADDRESS = 200;
  private static final int CONNECTIONS_PER_ADDRESS_MAX = 100_000;
  private static final int BODY_BYTES = 8 * 1024 * 1024;
  private static final int BODY_BYTES_MIN = 1_024;
  private static final int BODY_BYTES_MAX = 256 * 1024 * 1024;

  static Service read(Config.Reader in) {
    InetAddress host = in.read("SERVICE_HOST", InetAddress.getLoopbackAddress(), Service::host);
    int port = in.number("SERVICE_PORT", PORT, 0, PORT_MAX);
    Path keystore = in.<@Nullable Path>read("SERVICE_TLS_KEYSTORE", null, Service::file);
    Secret password = in.secret("SERVICE_TLS_PASSWORD");
    if (keystore != null && password == null) {
      in.problem("SERVICE_TLS_PASSWORD: is not set, and SERVICE_TLS_KEYSTORE is");
    }
    return new Service(
        new InetSocketAddress(host, port),
        in.read("SERVICE_ALLOWED_HOSTS", Set.of(), Service::list),
        in.read("SERVICE_ALLOWED_ORIGINS", Set.of(), Service::list),
        in.number("SERVICE_REQUESTS_PER_MINUTE", REQUESTS_PER_MINUTE, 0, REQUESTS_PER_MINUTE_MAX),
        in.number("SERVICE_BODY_BYTES_MAX", BODY_BYTES, BODY_BYTES_MIN, BODY_BYTES_MAX),
        in.number(
            "SERVICE_CONNECTIONS_PER_ADDRESS",
            CONNECTIONS_PER_ADDRESS,
            0,
            CONNECTIONS_PER_ADDRESS_MAX),
        in.read("LOG_FORMAT", LogFormat.JSON, Config.Reader.one(LogFormat.values(), Enum::name)),
        keystore,
        password,
        OAuth.read(in),
        Auditing.read(in));
  }

  private static InetAddress host(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException _) {
      throw new IllegalArgumentException(
          "is \"%s\", which is no address of a machine; %s is this machine alone, 0.0.0.0 all of its addresses"
              .formatted(text, HOST));
    }
  }

  private static Set<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(one -> !one.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static Path file(String text) {
    Path file = Path.of(text);
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException("cannot be read: " + file);
    }
    return file;
  }
}
