package dev.agenticmemory.audit;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// The Elasticsearch or OpenSearch that lines of the audit log go to.
///
/// @param url its address
/// @param authorization the header; null where it asks for none
public record Destination(URI url, String index, @Nullable String authorization) {

  /// The header is a secret.
  @Override
  public String toString() {
    return url + "/" + index;
  }
}
