package dev.agenticmemory.store.search;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A certificate for this machine that nobody signed but itself.
///
/// @param pem the certificate, as users have it
/// @param tls for a server that shows it
public record OwnCertificate(Path pem, SSLContext tls) {

  private static final String PASSWORD = "changeit";

  /// Makes one in an empty folder, as administrators do.
  public static OwnCertificate in(Path folder) throws Exception {
    Path store = folder.resolve("own.p12");
    Path pem = folder.resolve("own.pem");
    keytool(
        store,
        "-genkeypair -keyalg RSA -keysize 2048 -dname CN=localhost"
            + " -ext san=dns:localhost,ip:127.0.0.1");
    keytool(store, "-exportcert -rfc -file " + pem);
    return new OwnCertificate(pem, tls(store));
  }

  private static void keytool(Path store, String arguments) throws Exception {
    String common = " -alias own -storetype PKCS12 -storepass " + PASSWORD + " -keystore " + store;
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(List.of((program + " " + arguments + common).split(" ", -1)))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }

  private static SSLContext tls(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
