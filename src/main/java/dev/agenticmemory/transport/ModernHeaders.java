package dev.agenticmemory.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.mcp.Dispatcher;
import dev.agenticmemory.mcp.ProtocolError;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The headers of the newer era, which say again what the body says, so that what stands between
/// client and server need not read it.
final class ModernHeaders {

  static final String VERSION = "MCP-Protocol-Version";

  private static final String METHOD = "Mcp-Method";
  private static final String NAME = "Mcp-Name";
  private static final String ENCODED = "=?base64?";
  private static final String ENCODED_END = "?=";

  private ModernHeaders() {}

  /// Throws a [ProtocolError] where a request's headers do not say what its body does.
  static void require(HttpServletRequest request, JsonNode message) {
    JsonNode params = message.path("params");
    requireSame(
        VERSION,
        request.getHeader(VERSION),
        params.path("_meta").path(Dispatcher.META_VERSION).asText());
    String method = message.path("method").asText();
    requireSame(METHOD, request.getHeader(METHOD), method);
    switch (method) {
      case "tools/call", "prompts/get" -> requireName(request, params.path("name").asText());
      case "resources/read" -> requireName(request, params.path("uri").asText());
      default -> {}
    }
  }

  private static void requireName(HttpServletRequest request, String body) {
    String header = request.getHeader(NAME);
    requireSame(NAME, header == null ? null : decoded(header), body);
  }

  private static void requireSame(String name, @Nullable String header, String body) {
    if (header == null) {
      throw mismatch("Header %s is missing".formatted(name));
    }
    if (!header.equals(body)) {
      throw mismatch("Header %s does not say what the body says".formatted(name));
    }
  }

  private static String decoded(String header) {
    if (!header.startsWith(ENCODED)
        || !header.endsWith(ENCODED_END)
        || header.length() < ENCODED.length() + ENCODED_END.length()) {
      return header;
    }
    String base64 = header.substring(ENCODED.length(), header.length() - ENCODED_END.length());
    try {
      return new String(Base64.getDecoder().decode(base64), UTF_8);
    } catch (IllegalArgumentException _) {
      throw mismatch("Header %s is not Base64 where it says so".formatted(NAME));
    }
  }

  private static ProtocolError mismatch(String message) {
    return new ProtocolError(ProtocolError.Code.HEADER_MISMATCH, message);
  }
}
