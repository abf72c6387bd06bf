package dev.agenticmemory.transport;

import dev.agenticmemory.mcp.ProtocolError;

/// An HTTP request that reaches no session: its status, and what its body says.
final class Refused extends Exception {

  private final int status;
  private final ProtocolError error;

  Refused(int status, ProtocolError.Code code, String message) {
    this(status, new ProtocolError(code, message));
  }

  Refused(int status, ProtocolError error) {
    super(error.getMessage());
    this.status = status;
    this.error = error;
  }

  int status() {
    return status;
  }

  ProtocolError error() {
    return error;
  }
}
