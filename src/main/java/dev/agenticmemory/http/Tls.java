package dev.agenticmemory.http;

import java.nio.file.Path;

/// How connections are encrypted.
///
/// @param keystore a PKCS#12 file with the key and the certificates
public record Tls(Path keystore, String password) {

  @Override
  public String toString() {
    return keystore.toString();
  }
}
