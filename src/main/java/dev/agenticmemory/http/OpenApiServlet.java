package dev.agenticmemory.http;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// `GET /openapi.json`: the REST contracts, for programs.
public final class OpenApiServlet extends HttpServlet {

  static final String FILE = "/http/openapi.json";

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("application/json");
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(FILE), FILE)) {
      in.transferTo(response.getOutputStream());
    }
  }
}
