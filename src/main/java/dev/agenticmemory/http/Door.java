package dev.agenticmemory.http;

import dev.agenticmemory.engine.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Finds out who calls, and puts it into the request.
public final class Door extends HttpFilter {

  /// The request attribute that holds the [Caller]. Every servlet behind the door finds it there.
  public static final String CALLER = Caller.class.getName();

  private final transient Caller anybody;

  /// @param anybody who calls where no token is asked for
  public Door(Caller anybody) {
    this.anybody = anybody;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    request.setAttribute(CALLER, anybody);
    chain.doFilter(request, response);
  }
}
