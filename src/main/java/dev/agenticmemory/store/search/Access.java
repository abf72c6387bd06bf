package dev.agenticmemory.store.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Where a cluster is and how it lets us in.
///
/// @param hosts of which each can answer anything; at least one
/// @param authorization the value of the header of this name; null for none
/// @param trust whose certificates are believed
public record Access(List<URI> hosts, @Nullable String authorization, Trust trust) {

  /// Whose certificates are believed.
  public sealed interface Trust {
    /// Those that Java believes.
    record Known() implements Trust {}

    /// Those that the certificates in this PEM file signed.
    record SignedBy(Path file) implements Trust {}

    /// Everybody's: protects from listeners, not from impostors.
    record Anybody() implements Trust {}
  }

  public Access {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("No host");
    }
  }

  public static String basic(String user, String password) {
    String both = user + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(UTF_8));
  }

  public static String apiKey(String key) {
    return "ApiKey " + key;
  }

  /// What shows itself in logs.
  @Override
  public String toString() {
    return hosts.toString();
  }

  /// Whether a host must be the one that its certificate names.
  public boolean verifiesHosts() {
    return !(trust instanceof Trust.Anybody);
  }

  /// The context of encrypted connections.
  public SSLContext sslContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("No TLS with " + trust, e);
    }
  }

  /// What decides about certificates; null for Java's own.
  public TrustManager @Nullable [] trustManagers() {
    try {
      return switch (trust) {
        case Trust.Known() -> null;
        case Trust.SignedBy(Path file) -> signedBy(file);
        case Trust.Anybody() -> new TrustManager[] {new Believer()};
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("No TLS with " + trust, e);
    }
  }

  private static TrustManager[] signedBy(Path file) throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + store.size(), one);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return factory.getTrustManagers();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Believes every certificate, and the name in it.
  private static final class Believer extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
