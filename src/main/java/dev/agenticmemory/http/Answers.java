package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.agenticmemory.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Writes answers: JSON in UTF-8, which nobody may keep.
final class Answers {

  private Answers() {}

  static void write(HttpServletResponse response, int status, JsonNode body) throws IOException {
    byte[] bytes = Json.print(body).getBytes(UTF_8);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  static void write(HttpServletResponse response, Problem problem) throws IOException {
    problem.headers().forEach(response::setHeader);
    write(response, problem.status(), problem.body());
  }
}
