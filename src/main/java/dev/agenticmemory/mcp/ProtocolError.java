package dev.agenticmemory.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import org.jspecify.annotations.Nullable;

/// A request that breaks the protocol, as opposed to a tool that could not do what it was asked.
public final class ProtocolError extends RuntimeException {

  /// What the message is wrong about, and its code on the wire.
  public enum Code {
    PARSE_ERROR(-32700),
    INVALID_REQUEST(-32600),
    METHOD_NOT_FOUND(-32601),
    INVALID_PARAMS(-32602),
    INTERNAL_ERROR(-32603),
    /// Of the older era only.
    RESOURCE_NOT_FOUND(-32002),
    /// The headers of an HTTP request do not say what its body says.
    HEADER_MISMATCH(-32020),
    MISSING_CAPABILITY(-32021),
    UNSUPPORTED_VERSION(-32022);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  private final Code code;
  private final transient @Nullable JsonNode data;

  public ProtocolError(Code code, String message) {
    this(code, message, null);
  }

  public ProtocolError(Code code, String message, @Nullable JsonNode data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  public Code code() {
    return code;
  }

  /// The `error` member of the answer.
  JsonNode node() {
    var error = Json.object().put("code", code.number()).put("message", getMessage());
    if (data != null) {
      error.set("data", data);
    }
    return error;
  }
}
