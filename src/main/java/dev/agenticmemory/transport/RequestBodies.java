package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.Messages;
import dev.agenticmemory.mcp.ProtocolError;
import dev.agenticmemory.mcp.ProtocolError.Code;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;

/// Reads messages out of HTTP requests, each of limited length. What all together may take is the
/// business of the filter before.
final class RequestBodies {

  private static final int TOO_LARGE = 413; // The servlet API has the number under an old name.

  private RequestBodies() {}

  /// The message of a request.
  static JsonNode read(HttpServletRequest request) throws IOException, Refused {
    requireJson(request.getContentType());
    if (request.getContentLengthLong() > Conversation.LINE_BYTES_MAX) {
      throw tooLarge();
    }
    byte[] bytes = request.getInputStream().readNBytes(Conversation.LINE_BYTES_MAX + 1);
    if (bytes.length > Conversation.LINE_BYTES_MAX) {
      throw tooLarge();
    }
    return parsed(bytes);
  }

  private static void requireJson(String type) throws Refused {
    String plain = type == null ? "" : type.split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
    if (!plain.equals("application/json")) {
      throw new Refused(
          HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
          Code.INVALID_REQUEST,
          "Content-Type is not application/json");
    }
  }

  private static JsonNode parsed(byte[] bytes) throws Refused {
    return switch (Lines.decoded(bytes)) {
      case Lines.Line.Text(String text) -> parsed(text);
      case Lines.Line.TooLong() -> throw tooLarge();
      case Lines.Line.NotUtf8() -> throw unreadable("The body is not UTF-8");
    };
  }

  private static JsonNode parsed(String text) throws Refused {
    try {
      JsonNode message = Json.parse(text);
      if (message.isMissingNode()) {
        throw unreadable("The body is empty");
      }
      return message;
    } catch (JsonProcessingException e) {
      throw new Refused(
          HttpServletResponse.SC_BAD_REQUEST,
          new ProtocolError(Code.PARSE_ERROR, "Not JSON: " + e.getOriginalMessage()),
          Messages.idOf(text, e));
    }
  }

  private static Refused unreadable(String why) {
    return new Refused(HttpServletResponse.SC_BAD_REQUEST, Code.PARSE_ERROR, why);
  }

  private static Refused tooLarge() {
    return new Refused(
        TOO_LARGE,
        Code.INVALID_REQUEST,
        "A body has more than %,d bytes; send less at once".formatted(Conversation.LINE_BYTES_MAX));
  }
}
