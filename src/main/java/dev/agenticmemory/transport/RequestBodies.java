package dev.agenticmemory.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import dev.agenticmemory.mcp.ProtocolError.Code;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.concurrent.Semaphore;

/// Reads messages out of HTTP requests, of which neither one nor many together can fill the memory.
final class RequestBodies {

  /// Most of the bodies that are large and under way at once, in bytes.
  private static final int LARGE_BYTES_MAX = 64 * 1024 * 1024;

  /// A body up to this size, in bytes, always has room: there are no more of them than threads.
  private static final int SMALL_BYTES = 64 * 1024;

  private static final int TOO_LARGE = 413; // The servlet API has the number under an old name.

  private final Semaphore room = new Semaphore(LARGE_BYTES_MAX);

  /// A message that was read. Its room is free once it is closed.
  final class Body implements AutoCloseable {
    private final JsonNode message;
    private final int held;

    private Body(JsonNode message, int held) {
      this.message = message;
      this.held = held;
    }

    JsonNode message() {
      return message;
    }

    @Override
    public void close() {
      room.release(held);
    }
  }

  /// The message of a request.
  Body read(HttpServletRequest request) throws IOException, Refused {
    requireJson(request.getContentType());
    if (request.getContentLengthLong() > Conversation.LINE_BYTES_MAX) {
      throw tooLarge();
    }
    Reading reading = new Reading();
    try {
      JsonNode message = parsed(reading.all(request.getInputStream()));
      return new Body(message, reading.handOver());
    } finally {
      reading.giveBack();
    }
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
      throw unreadable("Not JSON: " + e.getOriginalMessage());
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

  /// One body being read. Takes room as bytes come in, so that one that only says that it is large
  /// takes none.
  private final class Reading {
    private int held;

    byte[] all(InputStream in) throws IOException, Refused {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] part = new byte[16 * 1024];
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        if (bytes.size() + read > Conversation.LINE_BYTES_MAX) {
          throw tooLarge();
        }
        hold(bytes.size() + read);
        bytes.write(part, 0, read);
      }
      return bytes.toByteArray();
    }

    private void hold(int size) throws Refused {
      int more = size <= SMALL_BYTES ? 0 : size - held;
      if (!room.tryAcquire(more)) {
        throw new Refused(
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            Code.INTERNAL_ERROR,
            "Too many large requests are under way; send it again later");
      }
      held += more;
    }

    int handOver() {
      int handedOver = held;
      held = 0;
      return handedOver;
    }

    void giveBack() {
      room.release(held);
    }
  }
}
