package dev.agenticmemory.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Keeps foreign web pages out: a request must name this server as its host, and come from a page
/// of this server, of an allowed origin, or from no page at all.
///
/// Without it, any page that a person on this machine opens could call the server through a name
/// that resolves to 127.0.0.1.
public final class Gate extends HttpFilter {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+\\]");

  private static final String METHODS = "GET, POST, PUT, DELETE, OPTIONS";
  private static final String HEADERS =
      "Authorization, Content-Type, Accept, Last-Event-ID, X-Request-Id, Mcp-Session-Id,"
          + " MCP-Protocol-Version, Mcp-Method, Mcp-Name";
  private static final String EXPOSED =
      "Mcp-Session-Id, X-Request-Id, WWW-Authenticate, Retry-After";

  private final transient Set<String> hosts;
  private final transient Set<String> origins;
  private final boolean anyAddress;

  /// @param address what the server listens on
  /// @param hosts further names of this server
  /// @param origins web pages that may call it, such as `https://example.org`
  public Gate(InetAddress address, Set<String> hosts, Set<String> origins) {
    // A page cannot make an address resolve to this server; a name it can.
    this.anyAddress = !address.isLoopbackAddress();
    this.hosts = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    this.hosts.addAll(LOOPBACK);
    this.hosts.addAll(hosts);
    this.origins = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    this.origins.addAll(origins);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String host = request.getHeader("Host");
    String origin = request.getHeader("Origin");
    if (!isThisServer(host)) {
      Answers.write(
          response,
          new Problem(
              Problem.FORBIDDEN,
              "The host of this request is not this server. Add it to SERVICE_ALLOWED_HOSTS."));
      return;
    }
    if (origin != null && !isSame(origin, host) && !origins.contains(origin)) {
      Answers.write(
          response,
          new Problem(
              Problem.FORBIDDEN,
              "Requests from this web page are not allowed. Add it to SERVICE_ALLOWED_ORIGINS."));
      return;
    }
    if (origin != null && origins.contains(origin)) {
      allow(response, origin);
      if (request.getMethod().equals("OPTIONS")) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private static void allow(HttpServletResponse response, String origin) {
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", HEADERS);
    response.setHeader("Access-Control-Expose-Headers", EXPOSED);
    response.setHeader("Vary", "Origin");
  }

  private boolean isThisServer(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
    return hosts.contains(name) || (anyAddress && ADDRESS.matcher(name).matches());
  }

  private static boolean isSame(String origin, @Nullable String host) {
    try {
      URI uri = URI.create(origin);
      String authority = uri.getAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
