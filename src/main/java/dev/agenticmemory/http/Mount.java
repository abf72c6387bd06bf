package dev.agenticmemory.http;

import jakarta.servlet.http.HttpServlet;
import java.util.List;

/// What answers at some paths.
///
/// @param paths servlet mappings, such as `/mcp` or `/memory/*`
public record Mount(HttpServlet servlet, List<String> paths) {

  public Mount {
    paths = List.copyOf(paths);
  }

  public Mount(HttpServlet servlet, String... paths) {
    this(servlet, List.of(paths));
  }
}
