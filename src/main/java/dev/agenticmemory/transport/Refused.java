package dev.agenticmemory.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.mcp.ProtocolError;
import org.jspecify.annotations.Nullable;

/// An HTTP request that reaches no session: its status, and what its body says.
final class Refused extends Exception {

  private final int status;
  private final ProtocolError error;
  private final transient @Nullable JsonNode id;

  Refused(int status, ProtocolError.Code code, String message) {
    this(status, new ProtocolError(code, message));
  }

  Refused(int status, ProtocolError error) {
    this(status, error, null);
  }

  /// @param id of a request that could not be read otherwise; null where it cannot be told
  Refused(int status, ProtocolError error, @Nullable JsonNode id) {
    super(error.getMessage());
    this.status = status;
    this.error = error;
    this.id = id;
  }

  int status() {
    return status;
  }

  ProtocolError error() {
    return error;
  }

  @Nullable JsonNode id() {
    return id;
  }
}
