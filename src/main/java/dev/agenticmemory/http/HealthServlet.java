package dev.agenticmemory.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.agenticmemory.json.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `GET /health`: whether the server is there.
public final class HealthServlet extends HttpServlet {

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("application/json");
    response
        .getOutputStream()
        .write(
            Json.print(Json.object().put("status", "ok").put("service", "mem0-memory-service"))
                .getBytes(UTF_8));
  }
}
